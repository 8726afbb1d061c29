/**
 * What the playground knows of the spec that is typed: faults, offers, explanations, and its forms. It runs in a worker, and knows no browser:
 * every answer is plain data, places are offsets.
 */

import { type Forms, openForms } from "../../compiler/forms.ts";
import type { Host } from "../../compiler/host.ts";
import { type Diagnostic, renderDiagnostic } from "../../grammar/index.ts";
import { kinds, reserved } from "../../grammar/tokens.ts";
import { type Completion, completion } from "../features/completion.ts";
import { Service, type View } from "../service.ts";
import { playgroundHost } from "./host.ts";
import type { Form, FormKind, Problem, ProgramName, Words } from "./protocol.ts";

/** The file that is typed. */
export const entry = "main.neuro";

export class Session {
  private readonly service: Service;
  private readonly host: Host;
  private readonly version: string;
  private forms: { readonly text: string; readonly made: Forms } | undefined;

  /** `library` has std's modules by path; `files` what stands beside the spec, TypeScript behind externs for one. */
  constructor(library: Readonly<Record<string, string>>, version: string, files: Readonly<Record<string, string>> = {}) {
    this.version = version;
    this.host = playgroundHost(files, library);
    this.service = new Service(this.host);
    this.service.open(entry, files[entry] ?? "");
  }

  words(): Words {
    return { reserved, kinds };
  }

  /** The spec has this text now. */
  edit(text: string): void {
    this.service.open(entry, text);
  }

  /** The text of a file: of std, or beside the spec. */
  read(path: string): string | undefined {
    return this.host.read(path);
  }

  /** Everything that is wrong, by place. */
  problems(): Problem[] {
    return this.view().checked.diagnostics.map(problem);
  }

  completion(offset: number): Completion[] {
    return completion(this.view(), offset);
  }

  /** The programs that the spec becomes; none while it has errors. */
  programs(): readonly ProgramName[] {
    return this.made()?.programs ?? [];
  }

  /** A text beside the spec; `program` says of which, where there is one for each. */
  async form(kind: FormKind, program?: string): Promise<Form> {
    const forms = this.made();
    if (!forms) return { missing: "The spec has errors.", fixable: true };
    const [first] = forms.diagnostics;
    if (first) return { missing: renderDiagnostic(first, this.host.read(first.span.file) ?? this.view().text) };
    if (kind === "typescript") return { text: await forms.typescript("playground", this.version) };
    const known = forms.programs.find(({ name }) => name === program) ?? forms.programs[0];
    if (!known) return { missing: "The spec declares no model with weights of its own, so it becomes no tensor programs." };
    return { text: forms[kind](known.name) };
  }

  private view(): View {
    return this.service.view(entry);
  }

  private made(): Forms | undefined {
    const { checked, text } = this.view();
    if (checked.diagnostics.some(({ severity }) => severity === "error")) return undefined;
    if (this.forms?.text !== text) this.forms = { text, made: openForms(checked) };
    return this.forms.made;
  }
}

function problem({ code, severity, title, text, hint, label, span, more = [] }: Diagnostic): Problem {
  return {
    ...{ code, severity, title, text, label },
    ...(hint === undefined ? {} : { hint }),
    ...{ file: span.file, start: span.start, end: span.end },
    more: more.map((place) => ({ file: place.span.file, start: place.span.start, end: place.span.end, label: place.label })),
  };
}
