// What a caller wishes, over what the spec says: sampling replaces the strategy, length only shrinks, stops are added.
import { expect, test } from "vitest";
import { settingsOf } from "./generate.ts";
import { wished } from "./wishes.ts";

const beams = { strategy: { kind: "beam", width: 4 }, most: 50, stop: ["\n"] };
const hot = { strategy: { kind: "sample", temperature: 1.2, top_k: 40 } };

test.each([
  ["no wish changes nothing", beams, undefined, { strategy: { kind: "beam", width: 4 }, most: 50, stop: ["\n"] }],
  ["a temperature replaces beams", beams, { temperature: 0.5 }, { strategy: { kind: "sample", temperature: 0.5 }, most: 50 }],
  ["a temperature of 0 is greedy", hot, { temperature: 0, top_p: 0.5 }, { strategy: { kind: "greedy" } }],
  [
    "a share joins the spec's sampling",
    hot,
    { top_p: 0.5 },
    { strategy: { kind: "sample", temperature: 1.2, top_k: 40, top_p: 0.5 } },
  ],
  [
    "the spec's own fields count, too",
    { temperature: 0.7 },
    { top_p: 0.5 },
    { strategy: { kind: "sample", temperature: 0.7, top_p: 0.5 } },
  ],
  ["shorter than the spec", beams, { most: 10 }, { most: 10 }],
  ["never longer", beams, { most: 1000 }, { most: 50 }],
  ["nor longer than what holds without a spec", {}, { most: 1000 }, { most: 256 }],
  ["stops are added", beams, { stop: ["."] }, { stop: ["\n", "."] }],
] as const)("%s", (_, record, wishes, settings) => {
  expect(settingsOf(wished(record, wishes))).toMatchObject(settings);
});
