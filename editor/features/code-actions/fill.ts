/** Fields and arguments that are still to be said: those that must be, with what fits in sight; and the configuration of a model as it stands. */
import { givenFor } from "../../../compiler/suggest.ts";
import type { Parameter } from "../../../compiler/types.ts";
import type * as ast from "../../../grammar/index.ts";
import { editsOf } from "../../../grammar/index.ts";
import { trail } from "../../at.ts";
import type { View } from "../../service.ts";
import type { Range } from "../../words.ts";
import type { CodeAction } from "../code-actions.ts";
import { declarationOf, fieldsOf } from "../typing.ts";

/** Offers of the record in which the range begins. */
export function filling(view: View, { start }: Range): CodeAction[] {
  const owner = trail(view.tree, start).find((node) => node.kind === "Model" || node.kind === "Setting");
  if (owner?.kind !== "Model" && owner?.kind !== "Setting") return [];
  const record = owner.kind === "Model" ? owner.fields : owner.value;
  const fields = fieldsOf(
    view,
    owner.kind === "Model" ? "model" : owner.word,
    owner.kind === "Model" ? owner.architecture.text : undefined,
  );
  if (!fields || (record && record.kind !== "Record") || !record) return [];
  const given = new Set(record.entries.map(({ label }) => label.text));
  const open = fields.filter(({ name }) => !given.has(name));
  return [...required(view, record, open), ...(owner.kind === "Model" ? configuration(view, owner, open) : [])];
}

/** What must be given, as far as something in sight fits. The fix of the fault does the same where it knows of all. */
function required(view: View, record: ast.RecordLit, open: readonly Parameter[]): CodeAction[] {
  const must = open.filter(({ optional }) => !optional);
  const items = must.flatMap((field) => givenFor([field], view.module).given ?? []);
  if (items.length === 0) return [];
  return adding(view, record, items, `Add ${items.join(", ")}`);
}

/** The rest of a model's configuration as its architecture has it, to be changed. */
function configuration(view: View, owner: ast.Model, open: readonly Parameter[]): CodeAction[] {
  const architecture = declarationOf(view, owner.architecture.text);
  const node = architecture?.node;
  if (!architecture || node?.kind !== "Architecture") return [];
  const items = node.params.flatMap(({ name, default: standard }) => {
    const stated = open.some((field) => field.name === name.text) && standard;
    const plain = stated && (standard.kind === "Number" || standard.kind === "Bool");
    return plain ? [`${name.text}: ${architecture.module.text.slice(standard.span.start, standard.span.end)}`] : [];
  });
  return items.length === 0 ? [] : adding(view, owner.fields, items, `Write out the configuration of ${owner.name.text}`);
}

function adding(view: View, { span }: ast.RecordLit, items: readonly string[], title: string): CodeAction[] {
  const edits = editsOf({ title, changes: [{ kind: "give", span, items }] }, view);
  return edits ? [{ title, kind: "refactor.rewrite", edits }] : [];
}
