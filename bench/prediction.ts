/**
 * How far off predicted times are: every program of examples/neuro and the two models of the other benches, predicted from a calibration made
 * at the start of the run and then measured. The table is in prediction.md.
 *   node bench/prediction.ts [--threads 1,2] [--rounds 15] [--webgpu] [--write]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { diskHost } from "../cli/host.ts";
import { check } from "../compiler/index.ts";
import { decoderPrograms } from "../compiler/lower/decoder-testing.ts";
import { lowerSystem } from "../compiler/lower/index.ts";
import { objectivePrograms } from "../compiler/lower/objective.ts";
import { modelOf, stdlib } from "../compiler/lower/testing.ts";
import type { Callable } from "../grammar/index.ts";
import { predict } from "../kernels/cost/predict.ts";
import { constantsOf, cpuRun, webGpuRun } from "../kernels/cost/program.ts";
import { duration } from "../kernels/cost/text.ts";
import { type Binding, inputPorts, type Program, renderOnnx } from "../kernels/index.ts";
import { renderWgsl } from "../kernels/render/wgsl.ts";
import { calibrate } from "../runtime/calibrate/calibrate.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import type { Device, Tensor } from "../runtime/device/device.ts";
import { drawnInputs } from "../runtime/device/drawn-inputs.ts";
import { sourceOf } from "../runtime/device/source.ts";
import { openWebGpu } from "../runtime/device/webgpu.ts";

const { values: flags } = parseArgs({
  options: {
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "15" },
    webgpu: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

/** A program at sizes. */
interface Case {
  readonly program: Program;
  readonly sizes: Binding;
}

/**
 * Seconds of single runs, sorted: on the clock, or the time that the processor was at work where that is less, which other programs on the
 * machine do not change.
 */
async function measured(device: Device, c: Case, rounds: number): Promise<number[]> {
  const inputs = drawnInputs(device, c.program, c.sizes);
  const fixed = device.name === "cpu" ? constantsOf(c.program) : new Set<string>();
  const picked = (constant: boolean): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(inputs).filter(([name]) => fixed.has(name) === constant));
  const [known, feeds] = [picked(true), picked(false)];
  const runnable = await device.prepare(sourceOf(c.program, renderOnnx), fixed.size > 0 ? { constants: known } : {});
  const times: number[] = [];
  // What a run leaves behind goes where it came from, as in use; what is not state is given back.
  const own = Object.fromEntries(c.program.outputs.flatMap(({ name }) => (feeds[name] ? [[name, feeds[name]]] : [])));
  for (let i = 0; i < rounds + 2; i++) {
    const [from, used] = [performance.now(), process.cpuUsage()];
    const results = await device.run(runnable, feeds, own);
    const rest = Object.entries(results).filter(([name]) => !own[name]);
    if (device.name !== "cpu" && rest[0]) await device.read(rest[0][1]);
    const clock = (performance.now() - from) / 1000;
    const { user, system } = process.cpuUsage(used);
    if (i >= 2) times.push(device.name === "cpu" ? Math.min(clock, (user + system) / 1e6) : clock);
    device.release(...rest.map(([, t]) => t));
  }
  await device.discard(runnable);
  device.release(...Object.values(known), ...Object.values(feeds));
  return times.sort((a, b) => a - b);
}

function exampleCases(): Case[] {
  const { models } = lowerSystem(check(diskHost(new URL("../examples/neuro", import.meta.url).pathname), "main.neuro"));
  const sizes = { batch: 16, source: 192, answer: 24, capacity: 64, past: 24, fresh: 4 };
  const all = models.flatMap((m) => m.programs).map(({ program }) => ({ program, sizes }));
  const alone = all.filter(({ program }) => /\.(encode|step)$/.test(program.name) && !program.name.includes("cross_entropy"));
  return [...all, ...alone.map((c) => ({ ...c, sizes: { ...sizes, batch: 1 } }))];
}

function benchCases(): Case[] {
  const spec = readFileSync(new URL("./training-step.neuro", import.meta.url), "utf8").replace(/^use .*$/gm, "");
  const { context, instance, objective } = modelOf([stdlib("models"), stdlib("objectives"), spec], "translator", 8192);
  const decl = objective("cross_entropy") as Callable;
  const made = objectivePrograms(context, { decl, models: new Map([["policy", instance]]), name: "translator.cross_entropy" });
  const decoder = decoderPrograms({ depth: 8, width: 512, heads: 8, inner: 1408 }, 8192);
  const at = (program: Program, sizes: Binding): Case => ({ program, sizes });
  return [
    at(made!.step.program, { batch: 16, source: 128, answer: 64 }),
    at(decoder.step, { batch: 1, past: 128, capacity: 512 }),
    at(decoder.step, { batch: 8, past: 128, capacity: 512 }),
    at(decoder.prefill, { batch: 1, fresh: 128, past: 0, capacity: 512 }),
  ];
}

const sizesText = (sizes: Binding, program: Program): string => {
  const symbols = new Set(inputPorts(program).flatMap((p) => p.axes.map((a) => String(a.size))));
  return Object.entries(sizes)
    .filter(([name]) => symbols.has(name) || name === "past")
    .map(([name, n]) => `${name} ${n}`)
    .join(", ");
};

interface Row {
  readonly text: string;
  readonly ratio: number;
}

async function rowsOf(device: Device, cases: readonly Case[], rounds: number): Promise<Row[]> {
  const calibration = await calibrate(device, () => {});
  const rows: Row[] = [];
  for (const c of cases) {
    const run = device.name === "cpu" ? cpuRun(c.program) : webGpuRun(c.program, renderWgsl(c.program));
    const { seconds } = predict(run.lines, calibration, c.sizes, run.border);
    const times = await measured(device, c, rounds);
    const [median, least] = [times[Math.floor(times.length / 2)]!, times[0]!];
    const ratio = seconds / median;
    const cells = [
      c.program.name,
      sizesText(c.sizes, c.program),
      duration(seconds),
      duration(median),
      duration(least),
      ratio.toFixed(2),
    ];
    rows.push({ text: `| ${cells.join(" | ")} |`, ratio });
    console.log(rows.at(-1)!.text);
  }
  return rows;
}

const head =
  "| program | sizes | predicted | measured, median | fastest | predicted / median |\n| --- | --- | --- | --- | --- | --- |";
const off = ({ ratio }: Row): number => Math.abs(Math.log(ratio));

/** A table with how far off its middle row is. */
function section(title: string, rows: readonly Row[]): string {
  const sorted = rows.map(off).sort((a, b) => a - b);
  const middle = Math.exp(sorted[Math.floor(sorted.length / 2)]!) - 1;
  const within = rows.filter((r) => off(r) <= Math.log(1.3)).length;
  return `## ${title}\n\n${head}\n${rows.map((r) => r.text).join("\n")}\n\nOff by ${(100 * middle).toFixed(0)}% in the middle; ${within} of ${rows.length} within 30%.\n`;
}

const sections: string[] = [];
if (flags.webgpu) {
  const device = await openWebGpu();
  console.log(device.about);
  const small = exampleCases()
    .filter(({ program }) => !program.name.endsWith("cross_entropy.step"))
    .map((c) => ({ ...c, sizes: { batch: 1, source: 32, answer: 8, capacity: 16, past: 4, fresh: 4 } }));
  sections.push(section(device.about, await rowsOf(device, small, Number(flags.rounds))));
  await device.close();
} else
  for (const threads of flags.threads.split(",").map(Number)) {
    const device = await openCpu({ threads });
    console.log(device.about);
    sections.push(section(device.about, await rowsOf(device, [...exampleCases(), ...benchCases()], Number(flags.rounds))));
    await device.close();
  }
const file = new URL("./prediction.md", import.meta.url);
const marked = flags.webgpu ? "webgpu" : "cpu";
if (flags.write) {
  const old = readFileSync(file, "utf8");
  const fresh = `<!-- ${marked} -->\n${sections.join("\n")}<!-- /${marked} -->`;
  writeFileSync(
    file,
    old.replace(new RegExp(`<!-- ${marked} -->[^]*<!-- /${marked} -->`), () => fresh),
  );
}
process.exit(0);
