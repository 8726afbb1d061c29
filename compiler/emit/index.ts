/**
 * The TypeScript of a build: one file that reads like a person wrote it, from which the reader learns what will run. Same program, same bytes.
 * ts-morph lays it out and compiles it to JavaScript; it is slow to load, so it is loaded here, when something is emitted at all.
 */
import type { Checked } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { callableText, functionText, isRunning } from "./callables.ts";
import { Emitter } from "./emitter.ts";
import { handleText, isHandle, isLate } from "./handles.ts";
import { comparedPipelines } from "./shared.ts";
import { typeText } from "./types.ts";

/** The two forms of the emitted module. */
export interface Emitted {
  readonly ts: string;
  readonly js: string;
}

/**
 * Writes the module of a checked program without errors.
 * `name` is the build's name, `version` the compiler's; `meaning` hashes declarations for the keys of steps.
 */
export async function emitModule(
  checked: Checked,
  options: { name: string; version: string; meaning: (declaration: Declaration) => string },
): Promise<Emitted> {
  const emit = new Emitter(checked, `build/${options.name}`);
  emit.meaning = options.meaning;
  emit.compared = comparedPipelines(checked);
  const own = checked.modules.filter((module) => !module.std).flatMap((module) => [...module.declarations.values()]);
  // An extern has the name of its import.
  emit.reserve(own.filter((declaration) => !(declaration.node.kind === "Callable" && declaration.node.from)));
  const functions = new Map<Declaration, { text: string; awaits: boolean }>();
  const functionOf = (declaration: Declaration) => {
    const known = functions.get(declaration);
    if (known) return known;
    const written = functionText(declaration as Parameters<typeof functionText>[0], emit);
    functions.set(declaration, written);
    return written;
  };
  emit.isAsync = (declaration) => functionOf(declaration).awaits;

  const handles = handlesText(own.filter(isHandle), emit);
  const running = own.filter(isRunning).map((declaration) => callableText(declaration, emit));
  const late = own.filter(isLate).map((declaration) => handleText(declaration, emit));
  // What those mentioned: host functions, of this program or of std, and what they mention in turn.
  for (let at = 0; at < emit.wanted.length; at++) {
    const declaration = emit.wanted[at]!;
    if (declaration.node.kind === "Callable" && declaration.word === "fn" && !declaration.node.from) functionOf(declaration);
    // A sub-recipe of std; those of the spec are written already.
    else if (declaration.module.std && isRunning(declaration)) running.push(callableText(declaration, emit));
  }
  const types = own.filter(
    (declaration) => declaration.word === "type" && declaration.node.kind === "TypeDecl" && declaration.node.params.length === 0,
  );
  const typeLines = types.map(
    (declaration) => `export type ${emit.declaration(declaration)} = ${typeText(checked.declared(declaration), emit)};`,
  );
  const parts = [
    typeLines.join("\n"),
    `/** Programs, weights and provenance of this build. */\nexport const system = await ${emit.runtime("openSystem")}(import.meta.url);`,
  ];
  parts.push(handles.join("\n"), ...running, ...[...functions.values()].map((written) => written.text), late.join("\n"));
  const title = `// ${checked.entry.path}, compiled by neuroc ${options.version}: what will run, and from which line of the spec. Change the spec, not this file.`;
  return layOut(`${title}\n${importsText(emit)}\n\n${parts.filter(Boolean).join("\n\n")}\n`);
}

/** Handles, each after those its settings mention. */
function handlesText(declarations: readonly Declaration[], emit: Emitter): string[] {
  const texts: string[] = [];
  const done = new Set<Declaration>();
  const write = (declaration: Declaration): void => {
    if (done.has(declaration)) return;
    done.add(declaration);
    const before = emit.wanted.length;
    const text = handleText(declaration, emit);
    for (const mentioned of emit.wanted.slice(before)) if (isHandle(mentioned)) write(mentioned);
    for (const other of declarations) if (mentions(text, other, emit)) write(other);
    texts.push(text);
  };
  for (const declaration of declarations) write(declaration);
  return texts;
}

const mentions = (text: string, other: Declaration, emit: Emitter) =>
  new RegExp(`(?<![\\p{L}\\p{N}_$."'])${emit.declaration(other)}(?![\\p{L}\\p{N}_$:"'])`, "u").test(
    text.slice(text.indexOf("=")),
  );

function importsText(emit: Emitter): string {
  const modules = [...emit.imports].sort(([a], [b]) => (a === "neuro/runtime" ? -1 : b === "neuro/runtime" ? 1 : a < b ? -1 : 1));
  return modules
    .map(([module, names]) => {
      const types = module === "neuro/runtime" ? [...emit.types].sort().map((name) => `type ${name}`) : [];
      return `import { ${[...[...names].sort(), ...types].join(", ")} } from ${JSON.stringify(module)};`;
    })
    .join("\n");
}

async function layOut(text: string): Promise<Emitted> {
  const { Project, ts } = await import("ts-morph");
  const project = new Project({
    useInMemoryFileSystem: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const file = project.createSourceFile("index.ts", text);
  file.formatText({ indentSize: 2, ensureNewLineAtEndOfFile: true });
  const out = file.getFullText();
  const { outputText } = ts.transpileModule(out, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: false },
  });
  return { ts: out, js: outputText };
}
