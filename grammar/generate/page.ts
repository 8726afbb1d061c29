/** The page of railroad diagrams, drawn from the parser's own rules. */
import { precedence } from "../operators.ts";
import { NeuroParser } from "../parser.ts";
import { choice, diagram, optional, repeated, rule, sequence, type Track, terminal } from "./railroad.ts";

/** A rule or a part of one, as Chevrotain serialises it. */
type Gast = {
  readonly type: string;
  readonly name?: string;
  readonly label?: string;
  readonly definition?: readonly Gast[];
  readonly separator?: Gast;
};

const style = `body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #222; background: #fff; }
h2 { font-size: 1rem; margin: 1.6rem 0 .2rem; font-family: ui-monospace, monospace; }
nav a { margin-right: .7rem; font-family: ui-monospace, monospace; font-size: .85rem; }
figure { margin: 0; overflow-x: auto; }
svg path { fill: none; stroke: #555; stroke-width: 1.5; }
svg rect { stroke: #555; stroke-width: 1.5; }
svg .terminal { fill: #e6f4ea; }
svg .class { fill: #fef7e0; }
svg .rule { fill: #e8f0fe; }
svg text { font: 12px ui-monospace, monospace; text-anchor: middle; fill: #222; }
a { color: #174ea6; }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181a1b; } a { color: #8ab4f8; }
  svg path, svg rect { stroke: #999; } svg text { fill: #eee; }
  svg .terminal { fill: #1e3a2a; } svg .class { fill: #423a16; } svg .rule { fill: #1d3050; }
}`;

/** The text of `railroad.html`. */
export function page(): string {
  const rules = new NeuroParser().getSerializedGastProductions() as readonly Gast[];
  const sorted = fromTheTop(rules);
  const links = sorted.map(({ name }) => `<a href="#${name}">${name}</a>`).join("\n");
  const operators = choice(
    precedence.map((types) => choice(types.map(({ name, LABEL }) => token({ type: "Terminal", name, label: LABEL ?? name })))),
  );
  const figures = sorted.map(
    (gast) => `<h2 id="${gast.name}">${gast.name}</h2>\n<figure>${diagram(all(gast.definition))}</figure>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>neuro: the grammar</title>
<style>
${style}
</style>
<h1>The grammar of neuro</h1>
<p>Drawn from the parser's rules. Round boxes are words and signs as they are typed, yellow ones are classes of tokens, square ones are
rules. <code>NL</code> is what the layout rule leaves of line ends; <code>Word</code> is any word, <code>Name</code> any word that is not reserved;
<code>Unit</code> stands on the line of its number or type; <a href="#Operator">Operator</a> is drawn last.</p>
<nav>
${links}
</nav>
${figures.join("\n")}
<h2 id="Operator">Operator</h2>
<p>From the loosest to the tightest. <code>not</code> binds tighter than <code>and</code>, a leading <code>-</code> tighter than <code>*</code>.</p>
<figure>${diagram(operators)}</figure>
</html>
`;
}

/** Rules in the order in which a reader meets them, the file first. */
function fromTheTop(rules: readonly Gast[]): Gast[] {
  const byName = new Map(rules.map((gast) => [gast.name, gast]));
  const found = new Set<Gast>();
  const visit = (gast: Gast | undefined) => {
    if (gast === undefined || found.has(gast)) return;
    found.add(gast);
    for (const name of mentioned(gast)) visit(byName.get(name));
  };
  visit(byName.get("file"));
  return [...found];
}

function mentioned(gast: Gast): (string | undefined)[] {
  return (gast.definition ?? []).flatMap((inner) => (inner.type === "NonTerminal" ? [inner.name] : mentioned(inner)));
}

const all = (definition: readonly Gast[] | undefined) => sequence((definition ?? []).map(track));

function track(gast: Gast): Track {
  switch (gast.type) {
    case "Terminal":
      return token(gast);
    case "NonTerminal":
      return rule(gast.name!);
    case "Alternation":
      return choice(gast.definition!.map(track));
    case "Option":
      return optional(all(gast.definition));
    case "Repetition":
      return optional(repeated(all(gast.definition)));
    case "RepetitionMandatory":
      return repeated(all(gast.definition));
    case "RepetitionWithSeparator":
      return optional(repeated(all(gast.definition), token(gast.separator!)));
    case "RepetitionMandatoryWithSeparator":
      return repeated(all(gast.definition), token(gast.separator!));
    default:
      return all(gast.definition);
  }
}

/** Words and signs are labelled with backquotes; everything else is a class. */
function token({ name, label }: Gast): Track {
  const typed = /^`(.+)`$/.exec(label ?? "");
  return typed ? terminal(typed[1]!, "terminal") : terminal(name ?? "", "class");
}
