/**
 * After tokens were verified, those that are kept become the past: of a tree, the rows of its caches on the way that was taken move
 * up to stand one after another; small states are what they were after the last token kept.
 */
import { add, lt, select, sub } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { type Axis, at, type Node, namesOf } from "../ir/node.ts";
import { inputOf, nodesOf, type Output, output, type Program, program } from "../ir/program.ts";
import { rename } from "../ir/shape.ts";
import { input, iota } from "../ir/source.ts";
import { put } from "../ops/put.ts";
import { optimized } from "../rules/passes.ts";
import { capacity } from "./places.ts";

/** How a verification was derived: its axes of rows and of tokens, and whether they came as a tree. */
export interface Committing {
  readonly name: string;
  readonly rows: Axis;
  readonly text: Axis;
  readonly tree: boolean;
}

/** The place among what was seen of the `back`-th last before `accepted` tokens, along the way taken (`path`). */
function place(text: Axis, back: number, accepted: Node, path: Node | undefined): Node {
  const old = add(iota({ name: text.name, size: back }), accepted);
  if (!path) return old;
  const step = sub(old, back);
  return select(lt(step, 0), old, add(gather(path, select(lt(step, 0), 0, step), "path"), back));
}

/** The spec lines that a state is kept for: its own, or those of what is shown of it or reads it. */
function linesOf(verified: Program, state: Node): readonly string[] {
  const number = inputOf(state).name.split(".")[1];
  const shown = verified.outputs.find((o) => o.name === `seen.${number}`)?.node;
  const readers = nodesOf(verified).filter((n) => n.inputs.includes(state));
  return [state.origin, shown?.origin ?? [], ...readers.map((n) => n.origin)].find((lines) => lines.length > 0) ?? [];
}

/**
 * The program that keeps what was accepted, or undefined where a smaller past is all that it takes (caches of a chain: what lies
 * beyond is overwritten). Inputs: `accepted` i32 [rows], of a tree `at` i32 [rows] and `path` i32 [rows, path] (the places among the
 * verified tokens that are kept, in order; padded with any), the caches and `seen.n` of the verification. Outputs: the states.
 */
export function committing(verified: Program, { name, rows, text, tree }: Committing): Program | undefined {
  const accepted = input("accepted", "data", "i32", [rows]);
  const path = tree ? input("path", "data", "i32", [rows, { name: "path", size: text.size }]) : undefined;
  const from = input("at", "data", "i32", [rows]);
  const states = verified.inputs.filter((i) => inputOf(i).role === "state");
  const kept = (state: Node): Output[] => {
    const [kind, number] = inputOf(state).name.split(".") as [string, string];
    if (kind === "given") return [];
    const order = namesOf(state.axes);
    const room = state.axes.find((a) => a.size === capacity);
    if (room) {
      if (!path) return [];
      const taken = gather(state, add(rename(path, { path: `${room.name} kept` }), from), room.name);
      const value = put(state, rename(taken, { [`${room.name} kept`]: room.name }), from, room.name);
      return [output(inputOf(state).name, "state", value, order)];
    }
    const shown = verified.outputs.find((o) => o.name === `seen.${number}`)!;
    const seen = input(shown.name, "data", shown.node.dtype, shown.axes);
    if (kind === "shift") {
      const back = state.axes.find((a) => a.name === text.name)!.size as number;
      const along = { ...text, name: "seen" };
      const value = gather(rename(seen, { [text.name]: "seen" }), place(text, back, accepted, path), along.name);
      return [output(inputOf(state).name, "state", value, order)];
    }
    const last = path ? gather(path, select(lt(accepted, 1), 0, sub(accepted, 1)), "path") : sub(accepted, 1);
    const value = gather(seen, select(lt(accepted, 1), 0, add(last, 1)), text.name);
    return [output(inputOf(state).name, "state", value, order)];
  };
  // What is done to a state comes from the lines that it was kept for.
  const outputs = states.flatMap((state) => at(linesOf(verified, state), () => kept(state)));
  return outputs.length === 0 ? undefined : optimized(program(name, outputs));
}
