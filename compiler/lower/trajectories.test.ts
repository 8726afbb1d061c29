// Training is pinned: loss and gradient norm of every objective over a few steps on the tiny models (fixtures/trajectories.txt, for a person to
// read), the same for a batch of 8, for 2 parts of 4, and for 8 of 1: counts, means and whitening run over the whole batch.
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { batches, cut, feedsOf, programsOf } from "./objective-testing.ts";

const [batch] = batches as [(typeof batches)[0]];
const steps = 6;
const adam = { rate: 0.03, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0.01, clip: 1 };
type Numbers = ArrayLike<number>;

/** Eight rows: the batch's four, and as many made of them with other words, labels and rewards. */
function doubled(p: k.Program, feeds: Readonly<Record<string, number[]>>): Record<string, number[]> {
  const other = (name: string, x: number): number => {
    if (name.endsWith(".present") || name === "keep") return x;
    if (name.includes(".")) return (3 * x + 1) % 7;
    if (name === "p" || name === "aspect") return 1 - x;
    return name === "old" || name === "anchor" ? 0.8 * x : -0.3 - 0.7 * x;
  };
  const along = new Set(k.inputPorts(p).flatMap(({ name, axes }) => (axes[0]?.name === "batch" ? [name] : [])));
  const twice = (name: string, xs: number[]) => (along.has(name) ? [...xs, ...xs.map((x) => other(name, x))] : xs);
  return Object.fromEntries(Object.entries(feeds).map(([name, xs]) => [name, twice(name, xs)]));
}

/** Loss and gradient norm of each step, the batch taken in parts of so many rows. */
function trained(name: string, rows: number): [number, number][] {
  const { objective, models, numbers } = batch.objectives[name]!;
  const { step, parts } = programsOf(objective, models, numbers);
  const find = (role: string) => parts.find(({ program }) => program.name === `${objective}.${role}`);
  const [whole, gradient, apply] = [find("whole"), find("gradient"), find("apply")];
  if (rows < 8 && !(gradient && apply)) throw new Error(`${name} cannot be taken in parts`);
  const kept: Record<string, Numbers> = {};
  const sizesOf = (p: k.Program, count: number) => ({ ...batch.sizes, ...(grouped(p) && { answer: batch.group }), batch: count });
  const run = (
    { program, feeds: told }: typeof step,
    more: Readonly<Record<string, Numbers>>,
    at: readonly [number, number] = [0, 8],
  ) => {
    const { feeds } = feedsOf(program, told, { models }, batch);
    const given = cut(program, doubled(program, feeds), 8, at);
    return interpret(program, { ...given, ...kept, ...more }, sizesOf(step.program, at[1] - at[0]));
  };
  for (const port of k.inputPorts(step.program)) {
    const count = port.axes.reduce((n, a) => n * k.evaluate(a.size, batch.sizes), 1);
    if (port.role === "state") kept[port.name] = new Float64Array(count);
  }
  const first = feedsOf(step.program, step.feeds, { models }, batch).feeds;
  for (const { name: path, role } of k.inputPorts(step.program)) if (role === "weight") kept[path] = first[path]!;
  return Array.from({ length: steps }, (_, i) => {
    const numbers = { ...Object.fromEntries(Object.entries(adam).map(([n, x]) => [n, [x]])), step: [i + 1] };
    let out: Record<string, Numbers>;
    let loss = 0;
    if (rows === 8) {
      out = run(step, numbers);
      loss = out.loss![0]!;
    } else {
      const all = whole ? run(whole, numbers) : {};
      let sums: Record<string, Numbers> = {};
      for (const port of k.inputPorts(gradient!.program))
        if (port.name.startsWith("sum.")) sums[port.name] = new Float64Array(kept[port.name.slice(4)]!.length);
      for (let from = 0; from < 8; from += rows) {
        const part = run(gradient!, { ...numbers, ...all, ...sums, first: [from], part: [rows / 8] }, [from, from + rows]);
        sums = Object.fromEntries(Object.entries(part).filter(([n]) => n.startsWith("sum.")));
        loss += part.loss![0]!;
      }
      out = run(apply!, { ...numbers, ...sums });
    }
    for (const port of k.outputPorts(step.program))
      if (port.role === "weight" || port.role === "state") kept[port.name] = out[port.name]!;
    return [loss, out.gradient_norm![0]!];
  });
}

const grouped = (p: k.Program): boolean => k.inputPorts(p).some(({ axes }) => axes.some((a) => a.name === "sample"));

/** Each row's loss asks all rows of the batch, whatever the weights: there are no parts of it, and a fit in parts is refused (`not_accumulable`). */
const asWhole = new Set(["contrastive"]);

const told: string[] = [];
for (const name of Object.keys(batch.objectives)) {
  const how = asWhole.has(name) ? " learns, and cannot be taken in parts" : ", two parts of 4 and eight of 1 learn alike";
  test(`${name}: a batch of 8${how}`, () => {
    const together = trained(name, 8);
    for (const rows of [4, 1])
      if (asWhole.has(name)) expect(() => trained(name, rows)).toThrow("cannot be taken in parts");
      else expect(trained(name, rows)).toEqual(together.map((pair) => pair.map((x) => expect.closeTo(x, 9))));
    const column = (at: 0 | 1) => together.map((pair) => pair[at].toFixed(6).padStart(11)).join("");
    told.push(`${name}\n  loss         ${column(0)}\n  gradient norm${column(1)}`);
  });
}

test("the series are those that were written down", async () => {
  expect(told).toHaveLength(Object.keys(batch.objectives).length);
  await expect(`${told.join("\n")}\n`).toMatchFileSnapshot("./fixtures/trajectories.txt");
});
