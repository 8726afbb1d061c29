/**
 * What stands for ts-morph in the worker: only that which the compiler asks of it, over the very TypeScript that ts-morph carries, loaded when
 * TypeScript is first asked for. A test compares the bytes with those that a build has.
 */
import type { ts as Ts } from "ts-morph";

type Typescript = typeof Ts;
declare function importScripts(path: string): void;

let loaded: Typescript | undefined;
function load(): Typescript {
  const scope = globalThis as unknown as { ts?: Typescript };
  if (!scope.ts) importScripts("typescript.js");
  loaded ??= scope.ts!;
  return loaded;
}

/** TypeScript, when it is first looked at. */
export const ts = new Proxy({} as Typescript, { get: (_, name) => load()[name as keyof Typescript] });

/** A file that can be laid out. */
class SourceFile {
  private text: string;
  constructor(text: string) {
    this.text = text;
  }

  /** As an editor formats it. */
  formatText({ indentSize }: { indentSize: number; ensureNewLineAtEndOfFile: boolean }): void {
    this.text = formatted(load(), this.text, indentSize);
    if (!this.text.endsWith("\n")) this.text += "\n";
  }

  getFullText(): string {
    return this.text;
  }
}

/** A project of files in memory. */
export class Project {
  createSourceFile(_path: string, text: string): SourceFile {
    return new SourceFile(text);
  }
}

/** The language service's edits for the whole file, with the settings that ts-morph gives it. */
function formatted(typescript: Typescript, text: string, indentSize: number): string {
  const name = "index.ts";
  const service = typescript.createLanguageService({
    getCompilationSettings: () => ({}),
    getScriptFileNames: () => [name],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => (path === name ? typescript.ScriptSnapshot.fromString(text) : undefined),
    getCurrentDirectory: () => "/",
    getDefaultLibFileName: () => "lib.d.ts",
    fileExists: (path) => path === name,
    readFile: (path) => (path === name ? text : undefined),
  });
  const edits = service.getFormattingEditsForDocument(name, settings(typescript, indentSize));
  return edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((now, { span, newText }) => now.slice(0, span.start) + newText + now.slice(span.start + span.length), text);
}

/** What ts-morph takes where a caller says only how far to indent. */
const settings = (typescript: Typescript, indentSize: number): Ts.FormatCodeSettings => ({
  indentSize,
  tabSize: indentSize,
  newLineCharacter: "\n",
  convertTabsToSpaces: true,
  indentStyle: typescript.IndentStyle.Smart,
  insertSpaceAfterCommaDelimiter: true,
  insertSpaceAfterConstructor: false,
  insertSpaceAfterSemicolonInForStatements: true,
  insertSpaceAfterKeywordsInControlFlowStatements: true,
  insertSpaceAfterOpeningAndBeforeClosingNonemptyBraces: true,
  insertSpaceAfterOpeningAndBeforeClosingNonemptyBrackets: false,
  insertSpaceAfterOpeningAndBeforeClosingTemplateStringBraces: false,
  insertSpaceAfterOpeningAndBeforeClosingJsxExpressionBraces: false,
  insertSpaceBeforeFunctionParenthesis: false,
  insertSpaceBeforeAndAfterBinaryOperators: true,
  placeOpenBraceOnNewLineForFunctions: false,
  placeOpenBraceOnNewLineForControlBlocks: false,
});
