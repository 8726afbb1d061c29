import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { inputOf, nodesOf, output, type Program, program } from "../ir/program.ts";
import { sum } from "../ir/reduce.ts";
import { evaluate } from "../ir/size.ts";
import { broken } from "../ir/spec.ts";
import { forward } from "../tests/encoder-decoder.ts";
import { adapted, adaptedPath, adapterPaths } from "./adapt.ts";
import { trainingStep } from "./training.ts";

const whole = forward({ width: 8, heads: 2, encoder: 1, decoder: 1, vocabulary: 11 });
const lora = adapted(whole, { rank: 2, alpha: 4, which: (path) => !path.startsWith("encoder") });
const sizes = { b: 2, s: 3, t: 4 };
const noise = (n: number, seed: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => 0.3 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));

/** Values of every input; those of adapters are small, or b is zeros. */
function feedsOf(p: Program, zero: boolean): Record<string, Float64Array> {
  const names = p.inputs.map((i) => inputOf(i).name).sort();
  return Object.fromEntries(
    p.inputs.map((i) => {
      const { name, dtype } = inputOf(i);
      const values = noise(
        i.axes.reduce((n, a) => n * evaluate(a.size, sizes), 1),
        1 + names.indexOf(name),
      );
      if (dtype === "i32") return [name, values.map((x) => Math.floor(Math.abs(x) * 30))];
      if (name.endsWith("present")) return [name, values.fill(1)];
      return [name, zero && name.endsWith("lora_b") ? values.fill(0) : values];
    }),
  );
}

test("with b of zeros it is the same function, and with any b it is that of the merged weights", () => {
  expect(broken(lora)).toEqual([]);
  const adapters = lora.inputs.filter((i) => adaptedPath(inputOf(i).name));
  expect(adapters.length).toBeGreaterThan(8);
  expect(adapters.every((i) => !inputOf(i).name.startsWith("encoder"))).toBe(true);
  const zero = feedsOf(lora, true);
  const plain = interpret(whole, zero, sizes).next!;
  interpret(lora, zero, sizes).next!.forEach((x, i) => void expect(x).toBeCloseTo(plain[i]!, 12));
  const feeds = feedsOf(lora, false);
  const merged: Record<string, Float64Array> = { ...feeds };
  for (const w of whole.inputs) {
    const { name } = inputOf(w);
    const { a, b } = adapterPaths(name);
    const [down, up] = [feeds[a], feeds[b]];
    if (!down || !up) continue;
    const axes = lora.inputs.find((i) => inputOf(i).name === a)!.axes;
    // The weights of this model have their summed axes first.
    expect(w.axes.slice(0, axes.length - 1).map((x) => x.name)).toEqual(axes.slice(0, -1).map((x) => x.name));
    const wide = up.length / 2;
    merged[name] = feeds[name]!.map((x, i) => {
      const [row, column] = [Math.floor(i / wide), i % wide];
      return x + 2 * (down[2 * row]! * up[column]! + down[2 * row + 1]! * up[wide + column]!);
    });
  }
  const expected = interpret(whole, merged, sizes).next!;
  const found = interpret(lora, feeds, sizes).next!;
  expect(found.some((x, i) => Math.abs(x - plain[i]!) > 1e-3)).toBe(true);
  found.forEach((x, i) => void expect(x).toBeCloseTo(expected[i]!, 9));
});

test("a step that trains adapters alone makes no gradient of a weight, and one that trains a part makes none of the rest", () => {
  const loss = (p: Program): Program =>
    program("p", [output("loss", "loss", sum(p.outputs[0]!.node, ["b", "t", "v"]))], p.inputs);
  const products = (p: Program) => nodesOf(p).filter((n) => n.op === "contract").length;
  const step = trainingStep(loss(lora), { name: "step", trained: (path) => adaptedPath(path) !== undefined });
  const moved = step.outputs.filter((o) => o.role === "weight").map((o) => o.name);
  expect(moved.length).toBeGreaterThan(8);
  expect(moved.every((name) => adaptedPath(name))).toBe(true);
  const all = trainingStep(loss(whole), { name: "step" });
  const last = trainingStep(loss(whole), { name: "step", trained: (path) => path === "copy.wq" || path === "gate" });
  // Each product of a trained weight costs two more; what lies before the trained weights is not looked at again.
  expect(products(all)).toBeGreaterThan(2 * products(loss(whole)));
  expect(products(last)).toBeLessThan(products(loss(whole)) + 12);
  expect(step.inputs.map((i) => inputOf(i).name)).not.toContain("m.table");
});
