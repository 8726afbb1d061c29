/**
 * Uses of every operation, run by the interpreter against every renderer and differentiated against finite differences. They
 * stand beside the operations (`tried` and `cases` in their records); this file says what they are given.
 */
import { isStorage } from "../ir/dtype.ts";
import { cast } from "../ir/elementwise.ts";
import { axis, make, type Node } from "../ir/node.ts";
import { inputOf, topological } from "../ir/program.ts";
import { rebuilt } from "../ir/rewrite.ts";
import type { Size } from "../ir/size.ts";
import { input } from "../ir/source.ts";
import { type Case, enteredCases, type Given } from "./op.ts";
import "./table.ts";

export type { Case } from "./op.ts";

/** The numbers that stand for symbols while cases run. */
export const caseBinding = { b: 3, s: 5, t: 4 } as const;

const sizes: Readonly<Record<string, Size>> = { b: "b", s: "s", t: "t", h: 2, k: 3, d: 6, v: 7, u: "s" };

const given: Given = (name, axes, dtype = "f32") =>
  input(
    name,
    axes === "" && (name === "seed" || name === "step") ? "scalar" : "data",
    dtype,
    axes === ""
      ? []
      : axes.split(" ").map((each) => {
          const [a, size] = each.split("=") as [string, string?];
          return axis(a, size === undefined ? sizes[a]! : /^\d+$/.test(size) ? Number(size) : size);
        }),
  );

const all: readonly Case[] = enteredCases.flatMap((make) => make(given));

const narrow = ([, node]: Case): boolean => topological([node]).some((n) => n.dtype === "f16" || isStorage(n.dtype));

/** Cases of f32, i32, u32 and bool alone, which every engine runs; a test asks that every operation is among them or the next. */
export const cases: readonly Case[] = all.filter((c) => !narrow(c));

/** Cases in which f16 or a type for storage occurs: an engine runs those whose types it has. */
export const narrowCases: readonly Case[] = all.filter(narrow);

/** A node with f16 in the place of f32, or undefined where an operation takes f32 alone. */
function halved(node: Node): Node | undefined {
  const change = (n: Node, was: Node): Node => {
    if (was.dtype !== "f32") return n;
    if (n.op === "input") return input(inputOf(n).name, inputOf(n).role, "f16", n.axes);
    if (was.inputs[0]?.dtype === "u32" || Math.abs(Number(n.attrs.value ?? 0)) > 65504) throw new Error("too large for f16");
    if (n.op === "const" || n.op === "size" || n.op === "tensor") return make(n.op, [], { ...n.attrs, dtype: "f16" });
    return n.op === "cast" ? cast(n.inputs[0]!, "f16") : n;
  };
  try {
    return rebuilt([node], change).get(node);
  } catch {
    return undefined;
  }
}

/** The cases of f32 in f16: results agree to about 1e-2. */
export const halfCases: readonly Case[] = cases.flatMap(([title, node]): Case[] => {
  const half = node.dtype === "f32" ? halved(node) : undefined;
  return half?.dtype === "f16" ? [[title, half]] : [];
});
