// One program of a spec, for a person: what it was written as, what each pass made of it, its kernels, its memory, its cost, and how long it
// will take on a machine that was measured. The spec is lowered in memory: nothing is built.
import { lowerSystem } from "../compiler/lower/index.ts";
import { didYouMean } from "../grammar/index.ts";
import type { Calibration } from "../kernels/cost/calibration.ts";
import { bound } from "../kernels/cost/cost.ts";
import { describeProgram } from "../kernels/cost/describe.ts";
import { type Predicted, type Prediction, predict } from "../kernels/cost/predict.ts";
import { cpuRun, type Run, webGpuRun } from "../kernels/cost/program.ts";
import { amount, duration, share, table } from "../kernels/cost/text.ts";
import { wgslCosts } from "../kernels/cost/wgsl.ts";
import { type Binding, type Program, symbolsOfProgram } from "../kernels/index.ts";
import { renderWgsl } from "../kernels/render/wgsl.ts";
import { stagesOf, writtenAs } from "../kernels/rules/passes.ts";
import { calibrationHere } from "../runtime/calibrate/file.ts";
import { NeuroError } from "../runtime/error.ts";
import { checkSizes, parseSizes } from "./sizes.ts";
import { checkedOrRefused, findSpec } from "./spec.ts";
import { type Stage, stageNamed, stageText } from "./stages.ts";
import type { Common } from "./verb.ts";

/** What `neuroc explain --program` was asked. */
export interface Asked extends Common {
  readonly spec?: string;
  readonly stages?: boolean;
  readonly stage?: string;
  readonly target?: "cpu" | "webgpu";
  readonly sizes?: string;
}

/** All programs of a spec, or the one that was asked for. Throws `Refused` where the spec has errors, `usage` where it has no such program. */
export function programsOf(options: Common & { spec?: string; program?: string }): Program[] {
  const { checked } = checkedOrRefused(findSpec(options.spec), options);
  const { models, merges } = lowerSystem(checked);
  const programs = [...models.flatMap((m) => m.programs), ...merges].map((p) => p.program);
  if (options.program === undefined) return programs;
  const found = programs.filter((p) => p.name === options.program);
  if (found.length > 0) return found;
  const names = programs.map((p) => p.name);
  const near = didYouMean(options.program, names);
  throw new NeuroError("usage", `the spec has no program ${options.program}`, {
    hint: near ? `did you mean ${near}? It has ${names.join(", ")}` : `it has ${names.join(", ") || "none"}`,
  });
}

/** One program of a spec by name. */
const programNamed = (name: string, options: Asked): Program => programsOf({ ...options, program: name })[0]!;

/** A prediction and what it rests on. */
export interface Timed {
  readonly calibration: Calibration;
  readonly prediction: Prediction;
}

/** How long a program will take on each engine that was measured here, as it runs there. */
async function timesOf(runs: readonly (readonly ["cpu" | "webgpu", () => Run])[], binding: Binding): Promise<Timed[]> {
  const found: Timed[] = [];
  for (const [target, run] of runs) {
    const calibration = await calibrationHere(target);
    if (!calibration) continue;
    const { lines, border } = run();
    found.push({ calibration, prediction: predict(lines, calibration, binding, border) });
  }
  return found;
}

/** Kernels of one kind from the same lines together, those that take longest first. */
function alike(kernels: readonly Predicted[]) {
  const groups = new Map<string, { first: Predicted; count: number; seconds: number; flops: number; bytes: number }>();
  for (const k of kernels) {
    const key = [k.line.what, k.bound, ...k.line.origin].join(" ");
    const { count, seconds, flops, bytes } = groups.get(key) ?? { count: 0, seconds: 0, flops: 0, bytes: 0 };
    groups.set(key, { first: k, count: count + 1, seconds: seconds + k.seconds, flops: flops + k.flops, bytes: bytes + k.bytes });
  }
  return [...groups.values()].sort((a, b) => b.seconds - a.seconds);
}

/** A prediction for a person: the whole, what bounds it, and the kernels that take longest. */
export function timeText({ calibration, prediction }: Timed): string {
  const { seconds, kernels, call } = prediction;
  const by = (bound: string) => kernels.filter((k) => k.bound === bound).reduce((n, k) => n + k.seconds, 0);
  const parts = [
    ["computing", by("compute")],
    ["moving bytes", by("memory")],
    ["starting kernels", by("start")],
    ["calling", call],
  ] as const;
  const longest = alike(kernels).slice(0, 12);
  const rows = longest.map(({ count, seconds: s, first, flops, bytes }) => [
    `${first.line.what}${count > 1 ? ` x${count}` : ""}`,
    duration(s),
    share(s / seconds),
    first.bound,
    amount(flops, "FLOP"),
    amount(bytes, "B"),
    first.line.origin.join(", "),
  ]);
  return [
    `predicted ${duration(seconds)} on ${calibration.about} (calibrated ${calibration.made})`,
    `  ${parts.map(([what, s]) => `${what} ${share(s / seconds)}`).join(", ")}`,
    table(
      [["  kernel", "time", "share", "bound by", "FLOP", "bytes", "spec lines"], ...rows.map(([w, ...r]) => [`  ${w}`, ...r])],
      [false, true, true, false, true, true, false],
    ),
    "",
  ].join("\n");
}

const uncalibrated = "no predicted time: this machine was not measured (neuroc calibrate)\n";

/** The text of `neuroc explain --program NAME`, or its JSON. Throws `usage` for names and sizes that are not there. */
export async function explainProgram(name: string, options: Asked): Promise<string> {
  const given = parseSizes(options.sizes);
  const p = programNamed(name, options);
  const symbols = symbolsOfProgram(p);
  checkSizes(name, symbols, given);
  const binding = bound(symbols, given);
  const cpu = options.target !== "webgpu";
  const wgsl = options.target === "cpu" ? undefined : renderWgsl(p);
  const passed = stagesOf(writtenAs(p), options.target && (cpu ? "onnx" : "wgsl"));
  const costs = { ...(cpu ? { onnx: cpuRun(p).lines } : {}), ...(wgsl ? { wgsl: wgslCosts(p, wgsl) } : {}) };
  const times = await timesOf(
    [...(cpu ? [["cpu", () => cpuRun(p)] as const] : []), ...(wgsl ? [["webgpu", () => webGpuRun(p, wgsl)] as const] : [])],
    binding,
  );
  const cost: Stage = { name: "cost", text: describeProgram(p, costs, binding) };
  const time: Stage = { name: "time", text: times.map(timeText).join("\n") || uncalibrated };
  const kernels = wgsl?.kernels.map((k) => `${k.name}\n${headOf(k.code)}`).join("\n");
  const stages: Stage[] = [
    ...passed.map(stageText),
    ...(kernels === undefined ? [] : [{ name: "kernels", text: kernels }]),
    cost,
    time,
  ];
  if (options.json) return JSON.stringify(asJson(p, binding, costs, times, stages), null, 2);
  if (options.stage !== undefined) return stageNamed(options.stage, stages).text;
  if (options.stages) return stages.map((s) => `== ${s.name}\n${s.same ? "  changes nothing\n" : s.text}`).join("\n");
  return [cost.text, time.text].join("\n");
}

function asJson(
  p: Program,
  binding: Binding,
  costs: Parameters<typeof describeProgram>[1],
  times: readonly Timed[],
  stages: readonly Stage[],
): unknown {
  return {
    program: p.name,
    sizes: binding,
    stages: stages.map(({ name, nodes }) => ({ name, ...(nodes === undefined ? {} : { nodes }) })),
    costs,
    predicted: times.map(({ calibration, prediction }) => ({
      device: calibration.device,
      about: calibration.about,
      made: calibration.made,
      seconds: prediction.seconds,
      call: prediction.call,
      kernels: prediction.kernels.map(({ line, seconds, bound: by, bytes, flops }) => ({
        kernel: line.name,
        seconds,
        bound: by,
        bytes,
        flops,
      })),
    })),
  };
}

/** The comment with which a kernel begins: what it computes, and the spec lines it came from. */
function headOf(code: string): string {
  const lines = code.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => `    ${line}`)
    .join("\n");
}
