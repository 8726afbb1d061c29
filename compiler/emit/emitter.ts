/**
 * What the writers of TypeScript share: which identifier stands for what, and which names the file imports. It knows no syntax of expressions.
 */
import type * as ast from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration, Entity, LocalEntity } from "../declarations.ts";

/** Words that TypeScript keeps for itself, and names that every emitted file uses. */
const reserved = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements " +
    "import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void " +
    "while with yield async of run at term row system Math Promise"
  ).split(" "),
);

/** The state of one emission. Text is asked for in order, so that the same program gives the same bytes. */
export class Emitter {
  readonly checked: Checked;
  /** Module specifier to the names imported from it; `name as other` where they differ. */
  readonly imports = new Map<string, Set<string>>();
  readonly types = new Set<string>();
  /** Declarations that the text mentions and that are still to be written. */
  readonly wanted: Declaration[] = [];
  private readonly asked = new Set<Declaration>();
  private readonly top = new Map<Declaration, string>();
  /** Identifiers of the top of the file. */
  private readonly taken = new Set<string>();
  /** Identifiers of locals, by their names in the spec. What the file imports later is called something else. */
  private readonly locals = new Map<string, string>();
  /** Whether a `fn` of the spec becomes an asynchronous function; set by whoever writes functions. */
  isAsync: (declaration: Declaration) => boolean = () => true;
  /** The hash of what a declaration means: a part of the keys of a recipe's steps. */
  meaning: (declaration: Declaration) => string = () => "";
  /** Pipelines that an eval compares: their stages carry keys. */
  compared: ReadonlySet<Declaration> = new Set();
  /** Where `build/<name>/` lies, seen from the spec's folder. */
  readonly folder: string;

  constructor(checked: Checked, folder: string) {
    this.checked = checked;
    this.folder = folder;
  }

  /** A name that the runtime exports. */
  runtime(name: string): string {
    return this.import("neuro/runtime", name);
  }

  /** A type that the runtime exports. */
  runtimeType(name: string): string {
    this.types.add(name);
    return name;
  }

  /** A name of another module, under an identifier that is free here. */
  import(module: string, name: string): string {
    const names = this.imports.get(module) ?? new Set<string>();
    this.imports.set(module, names);
    const known = [...names].find((entry) => entry === name || entry.startsWith(`${name} as `));
    if (known) return known.split(" as ").at(-1)!;
    const free = this.free(name);
    names.add(free === name ? name : `${name} as ${free}`);
    return free;
  }

  /** The identifier of a declaration of the spec, which is thereby asked to be written. */
  declaration(declaration: Declaration): string {
    if (!this.asked.has(declaration)) {
      this.asked.add(declaration);
      this.wanted.push(declaration);
    }
    const known = this.top.get(declaration);
    if (known) return known;
    const name = this.free(declaration.name);
    this.top.set(declaration, name);
    return name;
  }

  /** Reserves the name of a declaration before anything else may take it. */
  reserve(declarations: readonly Declaration[]): void {
    for (const declaration of declarations)
      if (!this.top.has(declaration)) this.top.set(declaration, this.free(declaration.name));
  }

  /** The identifier of a local: its own name unless TypeScript or the top of the file has it. The same name is called the same everywhere. */
  local(name: string): string {
    const known = this.locals.get(name);
    if (known) return known;
    const free = this.unused(name);
    this.locals.set(name, free);
    return free;
  }

  /** `main.neuro:33`: the line on which a span begins. */
  where(span: ast.Span): string {
    const text = this.checked.modules.find((module) => module.path === span.file)?.text ?? "";
    let line = 1;
    for (let at = text.indexOf("\n"); at !== -1 && at < span.start; at = text.indexOf("\n", at + 1)) line++;
    return `${span.file}:${line}`;
  }

  private free(name: string): string {
    const free = this.unused(name);
    this.taken.add(free);
    return free;
  }

  private unused(name: string): string {
    const locals = new Set(this.locals.values());
    let free = reserved.has(name) ? `${name}_` : name;
    while (this.taken.has(free) || locals.has(free)) free = `${free}_`;
    return free;
  }
}

/** Where an expression stands. */
export interface Flow {
  /** `fn` is a plain function, which may be asynchronous but runs no stages of its own. */
  readonly place: "pipeline" | "reward" | "recipe" | "fn";
  /** The pipeline whose stages carry keys, where it is compared. */
  readonly compared?: Declaration & { readonly node: ast.Callable };
  /** In a pipeline: the stage calls whose value is its own. */
  readonly telling?: ReadonlySet<ast.Call>;
  /** In a recipe: the declared models that it has mentioned, each of which starts from its published or initial version. */
  readonly started?: Set<Declaration>;
  /** In a recipe: the recipe, and the declared models that it names or binds. */
  readonly owner?: Declaration;
  readonly models?: ReadonlySet<Declaration>;
  /** Bindings that hold a promise, to be awaited where they are used. */
  readonly promised: ReadonlySet<Entity>;
  /** What stands for a parameter: the text of its argument, where a default is written out at the call. */
  readonly given?: ReadonlyMap<string, string>;
  /** The name of the stage context in sight, for stages called inside a function that has one. */
  readonly context?: string;
}

/** Whether an entity is a local binding. */
export const isLocal = (entity: Entity | undefined): entity is LocalEntity => entity?.entity === "local";

/** The module behind an extern: std's stand in the runtime, a user's file is seen from the build's folder. */
export function externModule(from: ast.Text, std: boolean, folder: string): string {
  const path = from.parts.map((part) => (part.kind === "Chunk" ? part.text : "")).join("");
  return std || !path.startsWith(".") ? "neuro/runtime" : `${"../".repeat(folder.split("/").length)}${path.replace(/^\.\//, "")}`;
}
