// A measurement that is one application of a model behind an address needs no program: the model is asked in words.
//
// `judge(a, b | prompt, documents)` and std's `duel(judge, a, b, prompt, documents)` ask a Comparer, `marks(answer | prompt, documents)` asks a Scorer.
// Knows nothing of what it is asked.
import type * as ast from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Measured } from "../measured.ts";

/** What the runtime needs to ask. */
export interface RemoteMeasure {
  /** The label of the model that is asked. */
  readonly label: string;
  readonly compares: boolean;
  /** The aspects that are asked about, where it has any. */
  readonly cases?: readonly string[];
  /** By `answer`, or `left` and `right`, and `prompt` and `documents`: where its value lies in what is given. */
  readonly fields: Readonly<Record<string, string>>;
}

/** How a measurement of a remote model is asked; undefined where it is more than one application. */
export function remoteMeasure(checked: Checked, measured: Measured): RemoteMeasure | undefined {
  const [asked, ...others] = measured.asked;
  const { formula } = measured;
  if (!asked || others.length > 0 || formula.kind !== "Call" || formula.callee.kind !== "Name" || formula.where) return undefined;
  const { over, head, remote } = asked.type;
  // What is a parameter may be a model with weights in another call.
  if (!remote) return undefined;
  const compares = head === "Comparer";
  if (!compares && head !== "Scorer") return undefined;
  const values = asked.label === formula.callee.text ? applied(formula, compares) : dueled(checked, measured, formula);
  if (!values) return undefined;
  const given = new Set(measured.given.map(({ name }) => name));
  const fields: Record<string, string> = {};
  for (const [field, value] of Object.entries(values)) {
    if (value.kind !== "Name" || !given.has(value.text)) return undefined;
    fields[field] = value.text;
  }
  return { label: asked.label, compares, fields, ...(over?.kind === "enum" && { cases: over.cases }) };
}

/** The texts of `judge(a, b | prompt, documents)`. */
function applied({ args, given = [] }: ast.Call, compares: boolean): Record<string, ast.Expr> | undefined {
  if (args.length !== (compares ? 2 : 1) || given.length > 2 || [...args, ...given].some(({ label }) => label)) return undefined;
  const [first, second] = args.map(({ value }) => value);
  const [prompt, documents] = given.map(({ value }) => value);
  const answers: Record<string, ast.Expr> = compares ? { left: first!, right: second! } : { answer: first! };
  return { ...answers, ...(prompt && { prompt }), ...(documents && { documents }) };
}

/** The texts of `duel(judge, a, b, prompt, documents)` of std. */
function dueled(checked: Checked, { node }: Measured, formula: ast.Call): Record<string, ast.Expr> | undefined {
  const entity = node.kind === "Call" && node.callee.kind === "Name" ? checked.resolved(node.callee) : undefined;
  if (entity?.entity !== "declaration" || entity.name !== "duel" || !entity.module.std) return undefined;
  const places = { judge: "judge", a: "left", b: "right", x: "prompt", documents: "documents" } as const;
  const names = Object.keys(places) as (keyof typeof places)[];
  const texts: Record<string, ast.Expr> = {};
  for (const [i, { label, value }] of formula.args.entries()) {
    const name = label ? names.find((each) => each === label.text) : names[i];
    if (name === undefined) return undefined;
    if (name !== "judge") texts[places[name]] = value;
  }
  return texts;
}
