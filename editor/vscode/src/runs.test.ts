import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runPage } from "./run-page.ts";
import { lastStep, measured, runsOf } from "./runs.ts";

const spec = mkdtempSync(join(tmpdir(), "neuro-runs-"));
afterAll(() => rmSync(spec, { recursive: true, force: true }));

function run(id: string, files: Readonly<Record<string, string>>): string {
  const folder = join(spec, "runs/tune", id);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const metrics = [
  { fit: "policy by cross_entropy", key: "a", step: 1, loss: 5, tokens: 10, tokens_per_second: 900, terms: { form: 0.5 } },
  { fit: "policy by cross_entropy", key: "a", step: 2, loss: 4, tokens: 20, tokens_per_second: 950, terms: { form: 0.6 } },
  { fit: "judge by pair_pm", key: "b", step: 1, loss: 0.7 },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

test("curves are of each fit, of the numbers in every row, and of what the recipe plots", () => {
  const folder = run("1", {
    "metrics.jsonl": metrics,
    "journal.jsonl": '{"run":"tune"}\n{"plot":[1,{"best":0.5}]}\n{"plot":[2,{"best":0.7}]}\n',
  });
  expect(measured(folder)).toEqual([
    { title: "plots of the recipe", curves: [{ name: "best", x: [1, 2], y: [0.5, 0.7] }] },
    {
      title: "policy by cross_entropy",
      curves: [
        { name: "loss", x: [1, 2], y: [5, 4] },
        { name: "tokens_per_second", x: [1, 2], y: [900, 950] },
        { name: "terms.form", x: [1, 2], y: [0.5, 0.6] },
      ],
    },
    { title: "judge by pair_pm", curves: [{ name: "loss", x: [1], y: [0.7] }] },
  ]);
});

test("a line that is half written is passed over", () => {
  const folder = run("2", { "metrics.jsonl": metrics });
  appendFileSync(join(folder, "metrics.jsonl"), '{"fit":"judge by pair_pm","step":2,"lo');
  expect(lastStep(folder)).toEqual({ fit: "judge by pair_pm", step: 1, loss: 0.7 });
});

test("a run is live while its process is", () => {
  run("3", { "metrics.jsonl": metrics, lock: JSON.stringify({ pid: process.pid, host: hostname() }) });
  run("4", { "metrics.jsonl": metrics, lock: JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }) });
  run("5", {});
  const found = Object.fromEntries(runsOf(spec).map(({ id, live }) => [id, live]));
  expect(found).toMatchObject({ 3: true, 4: false });
  expect(found).not.toHaveProperty("5");
});

test("the page of a run draws its curves and offers the others; a name is never markup", () => {
  const runs = runsOf(spec);
  const html = runPage(
    runs[0],
    runs,
    [{ title: "<b>fit</b>", curves: [{ name: "loss", x: [1, 2, 3], y: [3, 2, 1] }] }],
    Date.now(),
  );
  expect(html).toContain("<polyline");
  expect(html).toContain("<option");
  expect(html).toContain("&lt;b&gt;fit");
  expect(runPage(undefined, [], [])).toContain('data-command="neuro.train"');
});
