// For tests: a model and objectives of texts, without the checker of whole programs.
import { readFileSync } from "node:fs";
import type { Architecture, Callable, Model } from "../../grammar/index.ts";
import { program } from "../math/testing.ts";
import type { Instance } from "./instance.ts";

/** The text of a module of std. */
export const stdlib = (name: string): string => readFileSync(new URL(`../../stdlib/${name}.neuro`, import.meta.url), "utf8");

/** A declared model of the texts as an instance, and a way to their objectives. */
export function modelOf(texts: readonly string[], name: string, vocab: number, head = "LanguageModel") {
  const { context, decls, found } = program(...texts);
  if (found.length > 0) throw new Error(found.map((d) => d.text).join("\n"));
  const named = <T>(wanted: string): T => decls.find((d) => d.kind !== "Use" && d.name.text === wanted) as T;
  const decl = named<Model>(name);
  const instance: Instance = { name, decl, architecture: named<Architecture>(decl.architecture.text), head, vocab };
  return { context, instance, objective: (wanted: string) => named<Callable>(wanted), found };
}
