/** The door of the compiler: a spec is checked, its diagnostics are explained. Whoever builds enters through `build.ts`. */
export { check } from "./check.ts";
export type { Checked, Constant } from "./checked.ts";
export type { BoundCall, Declaration, Entity, Module } from "./declarations.ts";
export { type DiagnosticPage, diagnosticPage, diagnosticPages, knownCodes } from "./explain.ts";
export type { Host } from "./host.ts";
export { meaningOf } from "./meaning.ts";
export { describe, show, showSignature } from "./show.ts";
export type { Signature, Type } from "./types.ts";
