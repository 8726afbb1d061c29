import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { polynomial, readPlan } from "./plan.ts";
import { planPage } from "./plan-page.ts";

const folder = mkdtempSync(join(tmpdir(), "neuro-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a cost is a sum of products of symbols", () => {
  const sizes = new Map([
    ["batch", 2],
    ["source", 3],
  ]);
  expect(polynomial("24*batch*source-8*batch+4", sizes)).toBe(24 * 6 - 16 + 4);
  expect(polynomial("7", sizes)).toBe(7);
  expect(polynomial("-batch+source*source/3", sizes)).toBe(1);
  expect(polynomial("5*unknown", sizes)).toBe(0);
});

/** A build of one program: two kernels, the second run twice. */
function build(): string {
  const manifest = {
    name: "tea",
    neuro: "0.1.0",
    models: { policy: { architecture: "EncoderDecoder", weights: [{ shape: [10, 4] }, { shape: [4] }] } },
    programs: {
      "policy.step": {
        symbols: ["batch"],
        kernels: ["kernels/policy.step.0.add.wgsl", "kernels/policy.step.1.attention.wgsl"],
        plan: {
          steps: [
            { kernel: 0, cost: { bytes: "8*batch", flops: 8 } },
            { kernel: 1, cost: { bytes: "100*batch", flops: "2*batch*batch" } },
            { kernel: 1, cost: { bytes: "100*batch", flops: "2*batch*batch" } },
          ],
        },
      },
    },
  };
  mkdirSync(join(folder, "kernels"), { recursive: true });
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(
    join(folder, "kernels/policy.step.1.attention.wgsl"),
    "// policy.step: attention\n// from std/models.neuro:48, main.neuro:3\n//   contract f32[b]\n//   mul f32[b]\n//   contract f32[b]\n\n// not this: x\n@compute",
  );
  return folder;
}

test("a build is read with its kernels, what was fused and from where, the heaviest first", () => {
  const plan = readPlan(build(), 8)!;
  expect(plan.models).toEqual([{ name: "policy", architecture: "EncoderDecoder", weights: 44 }]);
  const [program] = plan.programs;
  expect(program).toMatchObject({ name: "policy.step", dispatches: 3, bytes: 64 + 1600, flops: 8 + 256 });
  expect(program!.kernels).toEqual([
    expect.objectContaining({
      name: "1.attention",
      times: 2,
      fused: ["contract", "mul"],
      from: ["std/models.neuro:48", "main.neuro:3"],
    }),
    expect.objectContaining({ name: "0.add", times: 1, fused: [], from: [] }),
  ]);
});

test("a folder without a build, and one with a broken one, have no plan", () => {
  const broken = join(folder, "broken");
  mkdirSync(broken, { recursive: true });
  writeFileSync(join(broken, "manifest.json"), '{"name":');
  expect(readPlan(broken)).toBeUndefined();
  expect(readPlan(join(folder, "nowhere"))).toBeUndefined();
});

test("the plan's page shows stages and kernels, links their lines, and nothing a spec says is markup", () => {
  const stages = [
    { name: "prompt", calls: [], uses: [], takes: [], line: 0 },
    { name: "found", calls: ["search"], uses: ['<img src="x">'], takes: [0], line: 1 },
  ];
  const html = planPage(
    "main.neuro",
    "file:///a/main.neuro",
    [{ name: "answer", word: "pipeline", stages }],
    readPlan(build()),
    0,
  );
  expect(html).toContain("pipeline answer");
  expect(html).toContain('data-open="file:///a/main.neuro" data-line="1"');
  expect(html).toContain('data-open="std/models.neuro" data-line="47"');
  expect(html).toContain("contract mul");
  expect(html).toContain("&lt;img");
  expect(html).not.toContain("<img");
});

test("without a build the page offers one", () => {
  expect(planPage("main.neuro", "file:///a", [], undefined)).toContain('data-command="neuro.build"');
});
