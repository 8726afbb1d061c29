// neuroc profile: how long each kernel of a program takes on this machine, with the spec lines it came from, and how far that is from what
// the machine can do.
import { along, type Calibration } from "../../kernels/cost/calibration.ts";
import { bound } from "../../kernels/cost/cost.ts";
import { amount, duration, share, table } from "../../kernels/cost/text.ts";
import { inputOf, type Program, renderOnnx, symbolsOfProgram } from "../../kernels/index.ts";
import { loadCalibration } from "../../runtime/calibrate/file.ts";
import type { Device } from "../../runtime/device/device.ts";
import { drawnInputs } from "../../runtime/device/drawn-inputs.ts";
import { openDevice } from "../../runtime/device/open.ts";
import { type KernelTime, type ProfileRow, rowsOf } from "../../runtime/device/profile.ts";
import { sourceOf } from "../../runtime/device/source.ts";
import { programsOf } from "../program.ts";
import { checkSizes, parseSizes } from "../sizes.ts";
import type { Verb } from "../verb.ts";

/** What was found of one program. */
interface Profile {
  readonly program: string;
  readonly device: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly kernels: readonly (ProfileRow & { readonly roofline?: number })[];
}

const verb: Verb<{ spec?: string; program?: string; sizes?: string; rows: number }> = {
  command: "profile [spec]",
  describe: "time each kernel of a program on this machine, with random weights and data",
  builder: (yargs) =>
    yargs
      .positional("spec", { type: "string", describe: "the spec; main.neuro of this folder when not given" })
      .option("program", {
        type: "string",
        describe: "a program, such as policy.step; without one, all of them in one line each",
      })
      .option("sizes", { type: "string", describe: "sizes of its symbols: --sizes batch=8,source=192; 64 where not given" })
      .option("rows", { type: "number", default: 20, describe: "how many kernels are shown, longest first; 0 shows all" })
      .example("$0 profile --program policy.step --sizes batch=8", "where the time of a step goes") as never,
  handler: async (options) => {
    const programs = programsOf(options);
    const device = await openDevice(options.device);
    try {
      const calibration = loadCalibration(device);
      const profiles: Profile[] = [];
      for (const program of programs)
        profiles.push(await profileOf(device, program, options.sizes, calibration, programs.length > 1));
      if (options.json) console.log(JSON.stringify(options.program === undefined ? profiles : profiles[0], null, 2));
      else console.log(options.program === undefined ? summary(profiles) : told(profiles[0]!, options.rows, calibration));
    } finally {
      await device.close();
    }
  },
};
export default verb;

/** Times a program. With `lenient`, sizes that it has no symbol for are those of others. */
async function profileOf(
  device: Device,
  program: Program,
  given: string | undefined,
  calibration: Calibration | undefined,
  lenient: boolean,
): Promise<Profile> {
  const symbols = symbolsOfProgram(program);
  const asked = parseSizes(given);
  const own = Object.fromEntries(Object.entries(asked).filter(([name]) => symbols.includes(name)));
  if (!lenient) checkSizes(program.name, symbols, asked);
  // A step of decoding stands in the middle of its caches, unless another place is asked for.
  const half: Record<string, number> = symbols.includes("past") ? { past: Math.floor((own.capacity ?? 64) / 2) } : {};
  const sizes = bound(symbols, { ...half, ...own });
  const inputs = drawnInputs(device, program, sizes);
  const written = new Set(program.outputs.map((o) => o.name));
  const fixed = program.inputs.map(inputOf).filter(({ name, role }) => role === "weight" && !written.has(name));
  const constants = Object.fromEntries(fixed.map(({ name }) => [name, inputs[name]!]));
  const runnable = await device.prepare(sourceOf(program, renderOnnx), fixed.length > 0 ? { constants } : {});
  const times = await device.profile(runnable, inputs);
  await device.discard(runnable);
  device.release(...Object.values(inputs));
  return {
    program: program.name,
    device: device.about,
    sizes: Object.fromEntries(Object.entries(sizes).filter(([name]) => symbols.includes(name))),
    seconds: times.reduce((n, t) => n + t.seconds, 0),
    kernels: rowsOf(times).map((row) => ({ ...row, ...(calibration ? { roofline: rooflineOf(row, calibration) } : {}) })),
  };
}

/** The share of the time that the machine would need at least: to move the bytes, or to compute (Williams et al. 2009, "Roofline"). */
function rooflineOf({ bytes, flops, seconds }: KernelTime, c: Calibration): number {
  const product = Math.max(0, ...c.products.flatMap((g) => g.rates));
  const least = Math.max(bytes > 0 ? bytes / along(c.read, bytes) : 0, product > 0 ? flops / product : 0);
  return seconds > 0 ? least / seconds : 0;
}

const rate = (amountOf: number, seconds: number, unit: string): string =>
  amountOf > 0 && seconds > 0 ? amount(amountOf / seconds, unit) : "";

function told({ program, device, sizes, seconds, kernels }: Profile, most: number, calibration: Calibration | undefined): string {
  const shown = most > 0 ? kernels.slice(0, most) : kernels;
  const named = Object.entries(sizes).map(([name, size]) => `${name} = ${size}`);
  const heads = ["kernel", "runs", "time", "share", "bytes", "B/s", "FLOP/s", ...(calibration ? ["roofline"] : []), "from"];
  const rows = shown.map((k) => [
    k.kernel,
    `${k.runs}`,
    duration(k.seconds),
    share(seconds > 0 ? k.seconds / seconds : 0),
    k.bytes > 0 ? amount(k.bytes, "B") : "",
    rate(k.bytes, k.seconds, "B/s"),
    rate(k.flops, k.seconds, "FLOP/s"),
    ...(calibration ? [k.roofline ? share(k.roofline) : ""] : []),
    lines(k.origin ?? []),
  ]);
  const left = kernels.length - shown.length;
  return [
    `${program}${named.length > 0 ? ` (${named.join(", ")})` : ""} on ${device}`,
    `${duration(seconds)} in ${kernels.reduce((n, k) => n + k.runs, 0)} runs of ${kernels.length} kernels`,
    "",
    table([heads, ...rows], [false, true, true, true, true, true, true, calibration !== undefined]),
    ...(left > 0 ? [`and ${left} more; --rows 0 shows all`] : []),
    ...(calibration ? [] : ["neuroc calibrate measures this machine; then each kernel's share of the roofline is told"]),
  ].join("\n");
}

/** The first lines of the spec that a kernel came from. */
const lines = (origin: readonly string[]): string =>
  origin.length <= 3 ? origin.join(", ") : `${origin.slice(0, 3).join(", ")} and ${origin.length - 3} more`;

function summary(profiles: readonly Profile[]): string {
  const sum = (p: Profile, field: "bytes" | "flops" | "runs"): number => p.kernels.reduce((n, k) => n + k[field], 0);
  const rows = profiles.map((p) => [
    p.program,
    `${sum(p, "runs")}`,
    duration(p.seconds),
    amount(sum(p, "bytes"), "B"),
    rate(sum(p, "bytes"), p.seconds, "B/s"),
    rate(sum(p, "flops"), p.seconds, "FLOP/s"),
  ]);
  return table([["program", "kernels", "time", "bytes", "B/s", "FLOP/s"], ...rows], [false, true, true, true, true, true]);
}
