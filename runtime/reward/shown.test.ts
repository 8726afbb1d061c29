import { expect, test } from "vitest";
import type { Row } from "../data/row.ts";
import { shown } from "./shown.ts";

const row = { prompt: [], documents: [], left: { text: "aaa" }, right: { text: "a" } } as unknown as Row;
const length = async ({ answer }: Row) => ({ reward: answer!.text.length, terms: {} });

test("an answer is as likely to be shown as its reward has weight beside the other's, and both together are certain", async () => {
  expect(await shown(row, length)).toBeCloseTo(Math.exp(3) / (Math.exp(3) + Math.exp(1)), 12);
  expect((await shown(row, length)) + (await shown({ ...row, left: row.right, right: row.left }, length))).toBeCloseTo(1, 12);
});
