/**
 * A build read back for the plan: its programs with what they move and compute, their kernels with what was fused into each. It reads the
 * manifest and the heads of kernels, and knows nothing of the workbench; what it does not understand it leaves out.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A build in `build/<name>/`. */
export interface Plan {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly made: number;
  readonly models: readonly { readonly name: string; readonly architecture: string; readonly weights: number }[];
  readonly programs: readonly Program[];
}

/** One program at some sizes of its symbols. */
export interface Program {
  readonly name: string;
  readonly symbols: readonly string[];
  readonly dispatches: number;
  readonly bytes: number;
  readonly flops: number;
  /** The kernels that move most first. */
  readonly kernels: readonly Kernel[];
}

/** One kernel and how often the program runs it. */
export interface Kernel {
  readonly name: string;
  /** The WGSL file, absolute. */
  readonly file: string;
  readonly times: number;
  readonly bytes: number;
  readonly flops: number;
  /** The operations in it, in order, each once. */
  readonly fused: readonly string[];
  /** Lines of specs, such as `std/models.neuro:49`. */
  readonly from: readonly string[];
}

/** The sizes that symbols have where nobody says another. */
const usualSize = 64;

interface Manifest {
  readonly name?: string;
  readonly neuro?: string;
  readonly models?: Readonly<Record<string, { architecture?: string; weights?: readonly { shape?: readonly number[] }[] }>>;
  readonly programs?: Readonly<Record<string, ManifestProgram>>;
}
interface ManifestProgram {
  readonly symbols?: readonly string[];
  readonly kernels?: readonly string[];
  readonly plan?: { readonly steps?: readonly { kernel: number; cost?: { bytes?: string | number; flops?: string | number } }[] };
}

/** The build in a folder; undefined where there is none that can be read. */
export function readPlan(folder: string, size = usualSize): Plan | undefined {
  try {
    const file = join(folder, "manifest.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    const models = Object.entries(manifest.models ?? {}).map(([name, { architecture = "", weights = [] }]) => ({
      name,
      architecture,
      weights: weights.reduce((sum, { shape = [] }) => sum + shape.reduce((product, n) => product * n, 1), 0),
    }));
    const programs = Object.entries(manifest.programs ?? {}).map(([name, program]) => readProgram(folder, name, program, size));
    return { folder, name: manifest.name ?? "", version: manifest.neuro ?? "", made: statSync(file).mtimeMs, models, programs };
  } catch {
    return undefined; // no build, one half written, or one of another version
  }
}

function readProgram(folder: string, name: string, program: ManifestProgram, size: number): Program {
  const symbols = program.symbols ?? [];
  const sizes = new Map(symbols.map((symbol) => [symbol, size]));
  const steps = program.plan?.steps ?? [];
  const kernels = new Map<number, { times: number; bytes: number; flops: number }>();
  for (const { kernel, cost } of steps) {
    const sum = kernels.get(kernel) ?? { times: 0, bytes: 0, flops: 0 };
    sum.times++;
    sum.bytes += polynomial(cost?.bytes ?? "0", sizes);
    sum.flops += polynomial(cost?.flops ?? "0", sizes);
    kernels.set(kernel, sum);
  }
  const total = (of: "bytes" | "flops") => [...kernels.values()].reduce((sum, each) => sum + each[of], 0);
  const found = [...kernels].map(([at, sum]) => ({ ...readKernel(folder, name, program.kernels?.[at] ?? ""), ...sum }));
  found.sort((a, b) => b.bytes - a.bytes);
  return { name, symbols, dispatches: steps.length, bytes: total("bytes"), flops: total("flops"), kernels: found };
}

function readKernel(folder: string, program: string, path: string): Pick<Kernel, "name" | "file" | "fused" | "from"> {
  const file = join(folder, path);
  const name = path
    .replace(/^kernels\//, "")
    .replace(/\.wgsl$/, "")
    .replace(`${program}.`, "");
  let head: string;
  try {
    head = readFileSync(file, "utf8").slice(0, 20_000);
  } catch {
    head = "";
  }
  const comments = /^(?:\/\/.*\n?)+/.exec(head)?.[0] ?? "";
  const from = /^\/\/ from (.+)$/m.exec(comments)?.[1]?.split(", ") ?? [];
  const fused = [...comments.matchAll(/^\/\/ {3}(\w+)/gm)].map((match) => match[1]!);
  return { name, file, from, fused: [...new Set(fused)] };
}

/** The value of a sum of products such as `24*batch*source-8*batch+4`; a symbol without a size counts 0. */
export function polynomial(text: string | number, sizes: ReadonlyMap<string, number>): number {
  if (typeof text === "number") return text;
  let sum = 0;
  for (const [, sign, term] of text.replaceAll(" ", "").matchAll(/([+-]?)([^+-]+)/g)) {
    const [first, ...rest] = term!.split(/(?=[*/])/);
    const value = rest.reduce(
      (product, factor) => (factor[0] === "/" ? product / atom(factor.slice(1), sizes) : product * atom(factor.slice(1), sizes)),
      atom(first!, sizes),
    );
    sum += sign === "-" ? -value : value;
  }
  return sum;
}

const atom = (text: string, sizes: ReadonlyMap<string, number>): number =>
  /^\d/.test(text) ? Number(text) : (sizes.get(text) ?? 0);
