/**
 * What the playground knows of the spec that is typed: faults, offers, explanations, and its forms. It runs in a worker, and knows no browser:
 * every answer is plain data, places are offsets.
 */

import { type Forms, openForms } from "../../compiler/forms.ts";
import type { Host } from "../../compiler/host.ts";
import { type Diagnostic, renderDiagnostic } from "../../grammar/index.ts";
import { kinds, reserved } from "../../grammar/tokens.ts";
import { codeActions } from "../features/code-actions.ts";
import { type Completion, completion } from "../features/completion.ts";
import { findCosts } from "../features/costs.ts";
import { definition } from "../features/definition.ts";
import { documentSymbols, type Symbol as Named } from "../features/document-symbols.ts";
import { type Fold, folding } from "../features/folding.ts";
import { formatDocument } from "../features/format-document.ts";
import { formatOnType } from "../features/format-on-type.ts";
import { type Highlight, highlights } from "../features/highlights.ts";
import { type Hover, hover } from "../features/hover.ts";
import { type InlayHint, inlayHints } from "../features/inlay-hints.ts";
import { references } from "../features/references.ts";
import { rename } from "../features/rename.ts";
import { renameRange } from "../features/rename-range.ts";
import { selectionRanges } from "../features/selection-ranges.ts";
import { legend, type SemanticToken, semanticTokens } from "../features/semantic-tokens.ts";
import { type SignatureHelp, signatureHelp } from "../features/signature-help.ts";
import { Service, type View } from "../service.ts";
import type { Edits, Place, Range, Refusal } from "../words.ts";
import { playgroundHost } from "./host.ts";
import type { Action, Form, FormKind, Problem, ProgramName, Words } from "./protocol.ts";

/** The file that is typed. */
export const entry = "main.neuro";

export class Session {
  private readonly service: Service;
  private readonly host: Host;
  private readonly version: string;
  /** Made of the text as it is; another text makes others. */
  private forms: Forms | undefined;
  private costs: Generator<string> | undefined;

  /** `library` has std's modules by path; `files` what stands beside the spec, TypeScript behind externs for one. */
  constructor(library: Readonly<Record<string, string>>, version: string, files: Readonly<Record<string, string>> = {}) {
    this.version = version;
    this.host = playgroundHost(files, library);
    this.service = new Service(this.host);
    this.service.open(entry, files[entry] ?? "");
  }

  words(): Words {
    return { reserved, kinds, tokens: legend };
  }

  /** The spec has this text now. */
  edit(text: string): void {
    this.service.open(entry, text);
    this.forms = undefined;
    this.costs = undefined;
  }

  /** The text of a file: of std, or beside the spec. */
  read(path: string): string | undefined {
    return this.host.read(path);
  }

  /** Everything that is wrong, by place. */
  problems(): Problem[] {
    return this.view().checked.diagnostics.map(problem);
  }

  completion(path: string, offset: number): Completion[] {
    return completion(this.view(path), offset);
  }
  hover(path: string, offset: number): Hover | undefined {
    return hover(this.view(path), offset);
  }
  signatureHelp(path: string, offset: number): SignatureHelp | undefined {
    return signatureHelp(this.view(path), offset);
  }
  inlayHints(path: string, range: Range): InlayHint[] {
    return inlayHints(this.view(path), range);
  }
  codeActions(path: string, range: Range): Action[] {
    return codeActions(this.view(path), range).map(({ title, kind, edits, preferred = false, fixes }) => ({
      ...{ title, kind, edits, preferred },
      ...(fixes ? { fixes: fixes.code } : {}),
    }));
  }
  definition(path: string, offset: number): Place[] {
    return definition(this.view(path), offset);
  }
  references(path: string, offset: number, declaration: boolean): Place[] {
    return references(this.service, path, offset, { declaration });
  }
  highlights(path: string, offset: number): Highlight[] {
    return highlights(this.view(path), offset);
  }
  renameRange(path: string, offset: number): Place | Refusal {
    return renameRange(this.view(path), offset);
  }
  rename(path: string, offset: number, name: string): Edits | Refusal {
    return rename(this.service, path, offset, name);
  }
  symbols(path: string): Named[] {
    return documentSymbols(this.view(path).tree);
  }
  folding(path: string): Fold[] {
    const { tree, text } = this.view(path);
    return folding(tree, text);
  }
  selectionRanges(path: string, offset: number): Range[] {
    return selectionRanges(this.view(path).tree, offset);
  }
  semanticTokens(path: string): SemanticToken[] {
    return semanticTokens(this.view(path));
  }
  formatDocument(path: string): Edits {
    return formatDocument(this.service, path);
  }
  formatOnType(path: string, offset: number, typed: string): Edits {
    return formatOnType(this.service, path, offset, typed);
  }

  /** Finds out one more cost of the spec's models, for hovers and hints; false when all are known. */
  learnCost(): boolean {
    this.costs ??= findCosts(this.view());
    return !this.costs.next().done;
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

  private view(path = entry): View {
    return this.service.view(path);
  }

  private made(): Forms | undefined {
    const { checked } = this.view();
    if (checked.diagnostics.some(({ severity }) => severity === "error")) return undefined;
    this.forms ??= openForms(checked);
    return this.forms;
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
