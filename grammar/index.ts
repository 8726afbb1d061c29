/** The door of the grammar: text to tree and diagnostics, tree and text to canonical text. Whoever enters here needs nothing behind it. */
export type * from "./ast.ts";
export type { Change, Diagnostic, Fix, Severity } from "./diagnostic.ts";
export { didYouMean } from "./did-you-mean.ts";
export { EditedFile } from "./edited-file.ts";
export { type Edit, editsOf, importing, isInsideText, type Source, withEdits } from "./fix.ts";
export { type SyntaxPage, syntaxPages } from "./pages.ts";
export { type Parsed, parse } from "./parse.ts";
export { children, pathTo, pathToNode } from "./path.ts";
export { type Formatted, format, print } from "./print.ts";
export { type RenderOptions, renderDiagnostic } from "./render.ts";
export { contains, cover, lineStarts, type Position, positionAt, type Span } from "./span.ts";
