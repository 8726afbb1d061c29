/** Pages of the command line, read off the verbs themselves: what each takes is what its builder tells yargs. */
import type { CommandModule } from "yargs";
import { verbs } from "../../cli/verbs.ts";
import { block } from "./code.ts";
import { docHtml } from "./markdown.ts";
import type { Names } from "./names.ts";
import { escaped, type Page, relative } from "./page.ts";

interface Option {
  readonly describe?: string;
  readonly type?: string;
  readonly choices?: readonly string[];
  readonly default?: unknown;
  readonly array?: boolean;
  readonly hidden?: boolean;
}

/** What a verb told of itself. */
interface Told {
  readonly name: string;
  readonly command: string;
  readonly describe: string;
  readonly positionals: [string, Option][];
  readonly options: [string, Option][];
  readonly examples: [string, string][];
}

/** Stands where yargs would, and writes down what it is told. */
function told(name: string, { command, describe, builder }: CommandModule): Told {
  const result: Told = {
    name,
    command: String(command),
    describe: String(describe),
    positionals: [],
    options: [],
    examples: [],
  };
  const writer: object = new Proxy(
    {},
    {
      get: (_, method) => (first: unknown, second: unknown) => {
        if (method === "positional") result.positionals.push([String(first), second as Option]);
        if (method === "option") result.options.push([String(first), second as Option]);
        if (method === "options") result.options.push(...Object.entries(first as Record<string, Option>));
        if (method === "example") result.examples.push([String(first), String(second)]);
        return writer;
      },
    },
  );
  if (typeof builder === "function") builder(writer as never);
  return result;
}

/** A page for each verb, and their list. */
export async function verbPages(names: Names): Promise<Page[]> {
  const loaded = await Promise.all(
    Object.entries(verbs).map(async ([name, load]) => told(name, (await load()).default as CommandModule)),
  );
  return [listPage(loaded), ...loaded.map((each) => verbPage(each, names))];
}

function listPage(all: readonly Told[]): Page {
  const path = "cli/index.html";
  const rows = all.map(
    ({ name, command, describe }) =>
      `<tr><td><a href="${relative(path, `cli/${name}.html`)}"><code>neuroc ${escaped(command)}</code></a></td><td>${escaped(describe)}</td></tr>`,
  );
  const html = `<h1>Commands</h1>
<p>Results go to standard output, everything else to standard error. The exit code is 0 where it worked, 1 where the spec or the run failed, 2 where the command line was wrong.
Every command takes <code>--json</code>, <code>--device auto|cpu|webgpu|interp</code> and <code>--set name.field=value</code>, which changes a field of the spec: <code>--set policy.width=64</code>.</p>
<div class="scroll" tabindex="0"><table><tbody>${rows.join("\n")}</tbody></table></div>`;
  return {
    path,
    title: "Commands",
    kind: "commands",
    summary: "What neuroc does: one page for each verb.",
    html,
    section: "cli",
  };
}

function optionRows(options: readonly [string, Option][], dash: string, names: Names, on: string): string {
  const rows = options
    .filter(([, { hidden }]) => !hidden)
    .map(([name, { describe = "", type, choices, default: standard }]) => {
      const sort = choices ? choices.map((choice) => `<code>${escaped(choice)}</code>`).join(" ") : escaped(type ?? "");
      const none = standard === undefined || standard === false || (Array.isArray(standard) && standard.length === 0);
      return `<tr><td><code>${dash}${escaped(name)}</code></td><td>${sort}</td><td>${none ? "" : `<code>${escaped(String(standard))}</code>`}</td><td>${docHtml(describe, on, names)}</td></tr>`;
    });
  if (rows.length === 0) return "";
  return `<div class="scroll" tabindex="0"><table><thead><tr><th>${dash === "" ? "Argument" : "Option"}</th><th></th><th>Default</th><th></th></tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

function verbPage({ name, command, describe, positionals, options, examples }: Told, names: Names): Page {
  const path = `cli/${name}.html`;
  const lines = examples.map(([line, about]) => `# ${about}\n${line.replaceAll("$0", "neuroc")}`);
  const html = `<h1><code>neuroc ${escaped(name)}</code></h1>
<p>${escaped(describe[0]!.toUpperCase() + describe.slice(1))}.</p>
${block(`neuroc ${escaped(command)}`, "usage")}
${optionRows(positionals, "", names, path)}
${optionRows(options, "--", names, path)}
${lines.length > 0 ? `<h2>For example</h2>\n${block(escaped(lines.join("\n\n")), "examples")}` : ""}`;
  const words = [...positionals, ...options].map(([option, { describe: about = "" }]) => `${option} ${about}`).join(" ");
  return {
    path,
    title: `neuroc ${name}`,
    kind: "command",
    summary: describe,
    html,
    section: "cli",
    above: [{ path: "cli/index.html", text: "Commands" }],
    words,
  };
}
