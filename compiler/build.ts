/**
 * A checked program becomes the files of its build: programs in every form that a device may ask for, the emitted module, the manifest and the plan.
 * The same input gives the same bytes; nothing is written here. Weights are never part of a build.
 */
import type { Diagnostic } from "../grammar/index.ts";
import { describeProgram } from "../kernels/cost/describe.ts";
import { inputsOf, onnxModelCosts } from "../kernels/cost/onnx.ts";
import { wgslCosts } from "../kernels/cost/wgsl.ts";
import { inputPorts, outputPorts, type Program, programToJson, symbolsOfProgram } from "../kernels/index.ts";
import { encodeOnnx, type OnnxModel } from "../kernels/render/onnx/proto.ts";
import { onnxModel } from "../kernels/render/onnx.ts";
import { renderWgsl, type WgslProgram } from "../kernels/render/wgsl.ts";
import type { Checked } from "./checked.ts";
import type { Declaration } from "./declarations.ts";
import { emitModule } from "./emit/index.ts";
import { inputsHash, manifestSchema } from "./inputs.ts";
import { type LoweredMeasure, type LoweredModel, type LoweredProgram, lowerSystem } from "./lower/index.ts";
import { meaningOf, meaningOfMeasure } from "./meaning.ts";
import { notInThisVersion } from "./rules/not-in-this-version.ts";

/** Path within the build to content. */
export type Artifacts = ReadonlyMap<string, string | Uint8Array>;

/** Renders a program's kernels, perhaps beside this thread. */
export type Rendering = (program: Program) => WgslProgram | Promise<WgslProgram>;

/** What a build is named after, what it is for, and who renders its kernels. */
export interface BuildOptions {
  readonly name: string;
  readonly version: string;
  /** Whether its recipes can run. Without them it answers just the same, and is made several times faster. */
  readonly trains?: boolean;
  readonly render?: Rendering;
}

/** Builds a program that has no errors. What this version cannot run is refused with diagnostics, and then there are no artifacts. */
export async function buildSystem(
  checked: Checked,
  options: BuildOptions,
): Promise<{ artifacts: Artifacts; diagnostics: readonly Diagnostic[] }> {
  const missing = notInThisVersion(checked);
  if (missing.length > 0) return { artifacts: new Map(), diagnostics: missing };
  const { render = renderWgsl, trains = true } = options;
  // Kernels that are rendered elsewhere are asked for as soon as there is a program, and waited for last.
  const early = new Map<Program, ReturnType<Rendering>>();
  const seen = ({ program }: LoweredProgram): void => void early.set(program, render(program));
  const { models, merges, measures, diagnostics } = lowerSystem(checked, { trains, ...(options.render && { seen }) });
  if (diagnostics.length > 0) return { artifacts: new Map(), diagnostics };

  const asked = measures.flatMap((measure) => measure.programs.map(({ lowered }) => lowered));
  const all = [...models.flatMap((model) => model.programs), ...merges, ...asked];
  const rendered = all.map(({ program }) => early.get(program) ?? render(program));
  const graphs = all.map(({ program }) => onnxModel(program));
  const { ts, js } = await emitModule(checked, { ...options, meaning: (declaration) => meaningOf(checked, declaration) });
  const artifacts = new Map<string, string | Uint8Array>();
  const programs: Record<string, unknown> = {};
  const plans: string[] = [];
  for (const [i, lowered] of all.entries()) {
    const { entry, plan } = programArtifacts(lowered, graphs[i]!, await rendered[i]!, artifacts);
    programs[lowered.program.name] = entry;
    plans.push(plan);
  }
  artifacts.set("index.ts", ts);
  artifacts.set("index.js", js);
  artifacts.set("plan.txt", `${plans.join("\n")}`);
  artifacts.set("manifest.json", json(manifest(checked, { ...options, trains }, { models, measures, programs })));
  return { artifacts, diagnostics: [] };
}

/** Writes a program's forms into the build; gives what the manifest says of it and its plan for a person. */
function programArtifacts(
  { program, feeds }: LoweredProgram,
  graph: OnnxModel,
  wgsl: WgslProgram,
  artifacts: Map<string, string | Uint8Array>,
): { entry: unknown; plan: string } {
  const file = `graphs/${program.name}.onnx`;
  const ir = `graphs/${program.name}.json`;
  artifacts.set(file, encodeOnnx(graph));
  artifacts.set(ir, `${JSON.stringify(programToJson(program))}\n`);
  const { kernels, plan } = wgsl;
  const paths = kernels.map((kernel) => `kernels/${program.name}.${kernel.name}.wgsl`);
  kernels.forEach((kernel, at) => void artifacts.set(paths[at]!, kernel.code));
  const entry = {
    file,
    ir,
    symbols: symbolsOfProgram(program),
    inputs: inputPorts(program),
    outputs: outputPorts(program),
    feeds,
    kernels: paths,
    plan,
  };
  const costs = { onnx: onnxModelCosts(graph, inputsOf(program)), wgsl: wgslCosts(program, wgsl) };
  return { entry, plan: describeProgram(program, costs) };
}

function manifest(
  checked: Checked,
  options: { name: string; version: string; trains: boolean },
  made: {
    readonly models: readonly LoweredModel[];
    readonly measures: readonly LoweredMeasure[];
    readonly programs: Record<string, unknown>;
  },
): unknown {
  const { models, measures, programs } = made;
  return {
    schema: manifestSchema,
    name: options.name,
    neuro: options.version,
    entry: checked.entry.path,
    trains: options.trains,
    hashes: {
      inputs: inputsHash(checked, options.version),
      modules: Object.fromEntries(checked.modules.map((module) => [module.path, checked.host.hash(module.text)])),
    },
    declarations: declarations(checked),
    models: Object.fromEntries(models.map((model) => [model.name, modelEntry(model)])),
    ...(measures.length > 0 && { measures: measureEntries(checked, measures) }),
    programs,
  };
}

/** What each measurement means, what of a row fills its texts, and its program for each choice of models. */
function measureEntries(checked: Checked, measures: readonly LoweredMeasure[]): Record<string, unknown> {
  const measured = new Map(checked.measurements.all.map((each) => [each.name, each]));
  return Object.fromEntries(
    measures.map(({ name, fields, programs, remote }) => {
      const ways = programs.map(({ lowered, models, ...way }) => {
        const meaning = meaningOfMeasure(checked, measured.get(name)!, Object.values(models));
        return { program: lowered.program.name, meaning, models, ...way };
      });
      if (remote) return [name, { ...remote, remote: true, programs: ways }];
      return [name, { fields, programs: ways }];
    }),
  );
}

/** What a model is, and which programs do what for it. */
function modelEntry({ name, architecture, config, tokenizer, window, weights, programs, objectives }: LoweredModel): unknown {
  const own = (what: string) => `${name}.${what}`;
  const made = new Set(programs.map(({ program }) => program.name));
  const roles = ["forward", "encode", "prefill", "resume", "step", "apart", "verify", "commit"].filter((what) =>
    made.has(own(what)),
  );
  const variants = objectives.filter(({ of }) => objectives.some((other) => other.of === of && other.name !== of));
  return {
    architecture,
    config,
    tokenizer,
    window,
    weights,
    programs: Object.fromEntries(roles.map((what) => [what, own(what)])),
    objectives: Object.fromEntries(objectives.map((objective) => [objective.name, rolesOf(own, objective.name, made)])),
    ...(variants.length > 0 && { variants }),
  };
}

/** What each of an objective's programs does: a step, the loss alone and over many rows, and where a fit accumulates, the step in parts. */
const rolesOf = (own: (what: string) => string, objective: string, made: ReadonlySet<string>): Record<string, string> => {
  const parts = ["whole", "gradient", "apply"];
  const roles = ["step", "packed", "loss", "measure", "measured", ...parts, ...parts.map((what) => `packed.${what}`)].filter(
    (what) => made.has(own(`${objective}.${what}`)),
  );
  return Object.fromEntries(roles.map((what) => [what, own(`${objective}.${what}`)]));
};

/** Every declaration of the program's own files, with the line it stands on. */
function declarations(checked: Checked): unknown {
  return checked.modules
    .filter((module) => !module.std)
    .flatMap((module) => [...module.declarations.values()])
    .map((declaration) => ({
      name: declaration.name,
      word: declaration.word,
      where: lineOf(declaration),
      ...(declaration.node.docs ? { doc: declaration.node.docs.text } : {}),
    }));
}

const lineOf = ({ module, node }: Declaration): string =>
  `${module.path}:${module.text.slice(0, node.span.start).split("\n").length}`;
const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
