/** One name, one declaration. */
import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, remove } from "./define.ts";

export const nameTwice = defineDiagnostic<{ name: string; again?: Span }>({
  code: "name_twice",
  severity: "error",
  title: "Name declared twice",
  label: () => "declared again",
  text: ({ name }) => `\`${name}\` is already declared in this file.`,
  hint: () => "Give one of them another name: there is no overloading.",
  fix: ({ again }) => (again ? remove(again, "Remove the second import") : undefined),
  wrong: `fn worth(x: Float) -> Float = x
fn worth(x: Int) -> Int = x`,
  right: `fn worth(x: Float) -> Float = x
fn weight_of(x: Int) -> Int = x`,
  page: "Declarations and imports of a file share one space of names. An import can be renamed: `use std.x { a as b }`.",
});
