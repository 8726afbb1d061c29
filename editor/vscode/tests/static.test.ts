/** What the extension says without running: its manifest, snippets and guides agree with the language and with each other. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { check } from "../../../compiler/index.ts";
import { hostOf } from "../../../compiler/tests/library.ts";
import { format } from "../../../grammar/index.ts";
import { withoutPlaceholders } from "../../lsp/placeholders.ts";
import { defaults } from "../../lsp/settings.ts";
import { examplesIn } from "../src/examples.ts";

const here = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(here, path), "utf8");
const manifest = JSON.parse(read("package.json"));
const { commands, menus, walkthroughs, configuration, viewsContainers, languages, problemMatchers } = manifest.contributes;
const snippets: [string, { body: string[] }][] = Object.entries(JSON.parse(read("snippets/neuro.json")));

test.each(snippets)("%s checks clean as it is typed, in the formatter's style", (_, { body }) => {
  const text = withoutPlaceholders(body.join("\n"));
  expect(check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics.map(({ text }) => text)).toEqual([]);
  expect(format(text).text).toBe(text);
});

test("examples of the walkthrough and the readme check clean", () => {
  const pages = [...readdirSync(join(here, "walkthrough")).map((name) => `walkthrough/${name}`), "README.md"];
  const examples = pages.flatMap((page) => examplesIn(read(page)));
  expect(examples.length).toBeGreaterThan(1);
  for (const { text, kind } of examples)
    if (kind === "whole") expect(check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics).toEqual([]);
});

test("every command that is named is declared, and every file that is named is there", () => {
  const known = new Set(commands.map(({ command }: { command: string }) => command));
  const named = [...JSON.stringify([menus, walkthroughs]).matchAll(/neuro\.\w+(?=["),])/g)].map(([name]) => name!);
  const contexts = ["neuro.installed", "neuro.documents", "neuro.spec", "neuro.indexed"];
  expect(
    named.filter((name) => !known.has(name) && !contexts.includes(name) && !["neuro.plan", "neuro.run"].includes(name)),
  ).toEqual([]);
  const files = [
    manifest.icon,
    viewsContainers.activitybar[0].icon,
    ...Object.values(languages[0].icon as Record<string, string>),
  ];
  for (const { media } of walkthroughs[0].steps) files.push(media.markdown);
  expect(files.filter((file: string) => !existsSync(join(here, file)))).toEqual([]);
});

test("settings have the defaults that the server takes where nobody sets them", () => {
  const of = (section: string, key: string) => configuration.properties[`neuro.${section}.${key}`]?.default;
  for (const [section, values] of Object.entries(defaults))
    for (const [key, value] of Object.entries(values)) expect([section, key, of(section, key)]).toEqual([section, key, value]);
});

test("the problem matcher reads what neuroc prints", () => {
  const [first, second] = problemMatchers[0].pattern.map(({ regexp }: { regexp: string }) => new RegExp(regexp));
  expect(first.exec("error: Unknown import")!.slice(1)).toEqual(["error", "Unknown import"]);
  expect(second.exec("    ┌─ a folder/main.neuro:12:29")!.slice(1)).toEqual(["a folder/main.neuro", "12", "29"]);
});

test("the page about editors names the settings and commands that the server knows", () => {
  const page = readFileSync(join(here, "../../docs/editors.md"), "utf8");
  for (const [section, values] of Object.entries(defaults))
    for (const [key, value] of Object.entries(values)) expect(page).toContain(`| \`${section}.${key}\` | ${value} |`);
  for (const [, json] of page.matchAll(/```json\n([\s\S]*?)```/g)) expect(() => JSON.parse(json!)).not.toThrow();
});
