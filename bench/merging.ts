/**
 * Two checkpoints of 500 MB (f32, the shapes of a small Llama: width 768, 12 layers, vocabulary 32,000) merged by `neuroc merge`'s own code
 * against numpy doing the same (merging.py, tensor by tensor too), both in one run, taking turns, each in a process of its own.
 *   node bench/merging.ts [--methods linear,slerp,ties] [--rounds 5] [--python python3]
 * The results are compared number by number. The table is in merging.md.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { libraryMerges } from "../cli/library-merges.ts";
import { openDevice } from "../runtime/device/open.ts";
import { mergeFiles } from "../runtime/merge/files.ts";
import { readMergekit } from "../runtime/merge/mergekit.ts";
import { silent } from "../runtime/progress.ts";
import { openSafetensors, writeSafetensors } from "../runtime/weights/safetensors.ts";
import { median, Worker } from "./peer.ts";

const { values: flags } = parseArgs({
  options: {
    methods: { type: "string", default: "linear,slerp,ties" },
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "python3" },
    serve: { type: "string" },
  },
});

const configs: Readonly<Record<string, string>> = {
  linear: "merge_method: linear\nmodels: [{model: a}, {model: b}]\n",
  slerp: "merge_method: slerp\nbase_model: a\nmodels: [{model: a}, {model: b}]\nparameters: {t: 0.5}\n",
  ties: "merge_method: ties\nbase_model: base\nmodels: [{model: a}, {model: b}]\nparameters: {density: 0.2, weight: 1}\n",
};

const [width, inner, layers, vocabulary] = [768, 2304, 12, 32_000];

function shapes(): Map<string, number[]> {
  const found = new Map([
    ["model.embed_tokens.weight", [vocabulary, width]],
    ["lm_head.weight", [vocabulary, width]],
    ["model.norm.weight", [width]],
  ]);
  for (let layer = 0; layer < layers; layer++) {
    const at = `model.layers.${layer}`;
    for (const name of ["q", "k", "v", "o"]) found.set(`${at}.self_attn.${name}_proj.weight`, [width, width]);
    for (const name of ["gate", "up"]) found.set(`${at}.mlp.${name}_proj.weight`, [inner, width]);
    found.set(`${at}.mlp.down_proj.weight`, [width, inner]);
    for (const name of ["input", "post_attention"]) found.set(`${at}.${name}_layernorm.weight`, [width]);
  }
  return found;
}

/** A fine-tune stands near its base, as the mergers of the world meet them. A cheap generator: 125 million numbers for each. */
function written(folder: string): number {
  for (const [seed, name] of ["base", "a", "b"].entries()) {
    let [common, own] = [12_345, 777 * (seed + 1)];
    const next = (state: number): number => (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const drawn = (): number => {
      common = next(common);
      own = next(own);
      return (common / 2 ** 32 - 0.5) * 0.1 + (seed === 0 ? 0 : (own / 2 ** 32 - 0.5) * 0.02);
    };
    const tensors = [...shapes()].map(([path, shape]) => {
      const data = new Float32Array(shape.reduce((n, size) => n * size, 1));
      for (let i = 0; i < data.length; i++) data[i] = drawn();
      return [path, { shape, data }] as const;
    });
    mkdirSync(join(folder, name));
    writeSafetensors(join(folder, name, "model.safetensors"), new Map(tensors));
  }
  return 4 * [...shapes().values()].reduce((sum, shape) => sum + shape.reduce((n, size) => n * size, 1), 0);
}

/** This process's own: the kernel's other count begins with that of whoever started it. */
const peak = (): number => 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))![1]);

/** Our side: answers `run N` with the seconds of N merges. */
async function serve(folder: string, method: string): Promise<void> {
  const plan = readMergekit(configs[method]!, "merge.yml");
  const out = join(folder, "neuro");
  const work = { device: () => openDevice("cpu"), program: libraryMerges(), progress: silent, seed: 0 };
  await Worker.answer({}, async (count) => {
    const seconds: number[] = [];
    for (let i = 0; i < count; i++) {
      rmSync(out, { recursive: true, force: true });
      const from = performance.now();
      await mergeFiles(plan, folder, out, work);
      seconds.push((performance.now() - from) / 1000);
    }
    return { seconds, memory: peak() };
  });
}

/** How far the two results are apart: the largest difference, and how many numbers differ by more than rounding. */
function apart(folder: string): string {
  const [ours, theirs] = [join(folder, "neuro", "model.safetensors"), join(folder, "numpy.safetensors")].map((p) =>
    openSafetensors(p),
  );
  let [most, many] = [0, 0];
  for (const [name, tensor] of ours!.tensors) {
    const [x, y] = [tensor.read(), theirs!.tensors.get(name)!.read()];
    for (let i = 0; i < x.length; i++) {
      const far = Math.abs(x[i]! - y[i]!);
      if (far > most) most = far;
      if (far > 1e-5) many++;
    }
  }
  for (const file of [ours, theirs]) file!.close();
  return `largest difference ${most.toExponential(1)}; more than 1e-5 at ${many} numbers`;
}

type Answer = { readonly seconds: number[]; readonly work: number; readonly memory: number };

async function compared(folder: string, method: string): Promise<void> {
  const sides = {
    neuro: new Worker(process.execPath, [import.meta.filename, "--serve", folder, "--methods", method]),
    numpy: new Worker(flags.python, [join(import.meta.dirname, "merging.py"), folder, method]),
  };
  const told: Record<string, Answer[]> = { neuro: [], numpy: [] };
  // The first round of each warms the files' cache and is not counted.
  for (let round = 0; round <= Number(flags.rounds); round++)
    for (const [name, side] of Object.entries(sides)) {
      const answer = (await side.ask("run 1")) as Answer;
      if (round > 0) told[name]!.push(answer);
    }
  for (const side of Object.values(sides)) side.end();
  const middle = (name: string, of: (a: Answer) => number): number => median(told[name]!.map(of));
  for (const name of Object.keys(sides)) {
    const [time, work] = [middle(name, (a) => a.seconds[0]!), middle(name, (a) => a.work)];
    const ratio = middle("numpy", (a) => a.seconds[0]!) / time;
    const memory = Math.max(...told[name]!.map((a) => a.memory)) / 1e6;
    const cells = [method, name, `${time.toFixed(2)} s`, `${work.toFixed(2)} s`, `${memory.toFixed(0)} MB`, ratio.toFixed(2)];
    console.log(`| ${cells.join(" | ")} |`);
  }
  console.log(apart(folder));
}

const methods = flags.methods.split(",");
if (flags.serve) await serve(flags.serve, methods[0]!);
else {
  const folder = mkdtempSync(join(tmpdir(), "neuro-merging-"));
  try {
    console.log(`${(written(folder) / 1e6).toFixed(0)} MB each`);
    console.log("| merge | | median | at work | peak memory | numpy / it |\n| --- | --- | --- | --- | --- | --- |");
    for (const method of methods) await compared(folder, method);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
