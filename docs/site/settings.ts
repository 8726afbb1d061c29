/** The fields of settings and the arguments of fits, from the compiler's own records, and the functions of mathematics from theirs. */
import { evaluateParameters, fitParameters } from "../../compiler/kinds/fit.ts";
import { kinds } from "../../compiler/kinds/index.ts";
import { tokenizerKind } from "../../compiler/kinds/library.ts";
import { modelFields } from "../../compiler/kinds/model.ts";
import { builtins } from "../../compiler/math/builtins/index.ts";
import { show, showRange } from "../../compiler/show.ts";
import type { Parameter, Signature, Type } from "../../compiler/types.ts";
import { block, coloured } from "./code.ts";
import { checkFiles } from "./library.ts";
import { docHtml } from "./markdown.ts";
import type { Names } from "./names.ts";
import { escaped, type Page } from "./page.ts";

const path = "settings.html";

/** The page of every field that a setting, a model or a fit may have. */
export function settingsPage(names: Names): Page {
  const fields = fieldsTable(names);
  const sections: readonly (readonly [id: string, doc: string, table: string])[] = [
    ["model", "A model: its architecture's parameters, and these, which every model has.", fields(modelFields)],
    ["tokenizer", "How text becomes tokens: one of these after `=`.", choices(tokenizerKind, fields)],
    ...[...kinds.values()].map(({ word, doc, fields: own }) => [word, doc, fields(own)] as const),
    [
      "fit",
      "What `fit` takes besides the models: `policy = fit(policy, by: dpo(reference: policy), on: pairs)`.",
      fields(fitParameters),
    ],
    ["evaluate", "What `evaluate` takes: a loss on rows, without training.", fields(evaluateParameters)],
  ];
  const html = `<h1>Settings</h1>
<p>A setting is a record of named fields, checked against a closed list: a field that is not here is refused, with the nearest one that is.</p>
<ul class="inline">${sections.map(([id]) => `<li><a href="#${id}"><code>${id}</code></a></li>`).join("")}</ul>
${sections.map(([id, doc, table]) => `<section id="${id}"><h2><code>${id}</code></h2>\n${docHtml(doc, path, names)}\n${table}</section>`).join("\n")}`;
  const told = (fields: readonly Parameter[]) => fields.map(({ name, doc }) => `${name} ${doc ?? ""}`).join(" ");
  const places = [
    { id: "model", title: "model", words: told(modelFields) },
    ...[...kinds.values()].map(({ word, doc, fields: own }) => ({ id: word, title: word, words: `${doc} ${told(own)}` })),
    { id: "fit", title: "fit", words: told(fitParameters) },
    { id: "evaluate", title: "evaluate", words: told(evaluateParameters) },
  ];
  const summary = "Every field of every kind of setting, of models and of fits.";
  return { path, title: "Settings", kind: "settings", summary, html, section: "settings", places };
}

type Table = (fields: readonly Parameter[]) => string;

function fieldsTable(names: Names): Table {
  const table: Table = (fields) => {
    const rows = fields.map((field) => {
      const doc = field.doc ? docHtml(field.doc, path, names) : "";
      return `<tr><td><code>${escaped(field.name)}</code></td><td>${typeText(field)}</td><td>${field.optional ? "" : '<span class="must">must be given</span>'}</td><td>${doc}${inner(field.type)}</td></tr>`;
    });
    return `<div class="scroll" tabindex="0"><table><thead><tr><th>Field</th><th>Type</th><th></th><th></th></tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
  };
  /** The cases of a choice, where they have arguments. */
  const inner = (type: Type): string => (type.kind === "list" ? inner(type.of) : choices(type, table));
  return table;
}

function choices(type: Type, table: Table): string {
  const cases = type.kind === "variant" ? type.cases : new Map<string, Signature>();
  const parts = [...cases].map(([name, { parameters }]) =>
    parameters.length === 0
      ? `<li><code>${escaped(name)}</code></li>`
      : `<li><details><summary><code>${escaped(name)}(..)</code></summary>${table(parameters)}</details></li>`,
  );
  return parts.length === 0 ? "" : `<ul class="cases">${parts.join("\n")}</ul>`;
}

function typeText({ type, unit, range }: Parameter): string {
  const text = type.kind === "unknown" ? "" : show(type);
  const shown = unit && !text.includes(unit) ? `${text} in ${unit}` : text;
  return [shown && `<code>${escaped(shown)}</code>`, range && escaped(showRange(range))].filter(Boolean).join(", ");
}

/** The page of the functions of mathematics. */
export function mathematicsPage(names: Names): Page {
  const on = "mathematics.html";
  const all = [...builtins.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const parts = all.map(
    ({ name, signature, doc }) =>
      `<section id="${name}"><h2><code>${escaped(signature)}</code></h2>${docHtml(doc, on, names)}</section>`,
  );
  const example = "fn standard(x: [.., d]) -> [.., d] = (x - mean(x over d)) / (std(x over d) + 1e-5)\n";
  const html = `<h1>Functions of mathematics</h1>
<p>In sight everywhere, in layers, objectives and mathematical functions. <code>over</code> names the axes that go, <code>where</code> a mask, <code>-&gt;</code> new axes; what is absent from a ragged axis never counts.</p>
${block(coloured(example, { on, checked: checkFiles({ "main.neuro": example }) }))}
<ul class="inline">${all.map(({ name }) => `<li><a href="#${name}"><code>${name}</code></a></li>`).join("")}</ul>
${parts.join("\n")}`;
  return {
    path: on,
    title: "Functions of mathematics",
    kind: "mathematics",
    summary: "The functions that the compiler itself knows.",
    html,
    section: "language",
    places: all.map(({ name, doc }) => ({ id: name, title: name, words: doc })),
  };
}
