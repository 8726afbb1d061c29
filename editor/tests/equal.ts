/** Whether what a service knows after edits is what a fresh check of the same files finds: the same faults at the same places, the same types. */
import { check } from "../../compiler/check.ts";
import type { Checked } from "../../compiler/checked.ts";
import { show } from "../../compiler/show.ts";
import { visit } from "../../compiler/visit.ts";
import { type Expr, type Node, parse } from "../../grammar/index.ts";
import type { View } from "../service.ts";

/** The first difference in words, or undefined. */
export function differenceFromFresh(view: View): string | undefined {
  const fresh = check(view.host, view.path);
  const faults = first(diagnosticsOf(view.checked), diagnosticsOf(fresh));
  if (faults) return `diagnostics: ${faults}`;
  if (JSON.stringify(view.tree) !== JSON.stringify(parse(view.text, view.path).tree)) return "trees";
  const types = first(typesOf(view.checked), typesOf(fresh));
  return types && `types: ${types}`;
}

/** The same of what is wrong alone, which is quicker. */
export function faultsDiffer(view: View): string | undefined {
  const faults = first(diagnosticsOf(view.checked), diagnosticsOf(check(view.host, view.path)));
  return faults && `diagnostics: ${faults}`;
}

const diagnosticsOf = ({ diagnostics }: Checked): string[] => diagnostics.map((each) => JSON.stringify(each));

function first(kept: readonly string[], fresh: readonly string[]): string | undefined {
  for (let at = 0; at < Math.max(kept.length, fresh.length); at++)
    if (kept[at] !== fresh[at]) return `kept ${kept[at] ?? "nothing"}\nfresh ${fresh[at] ?? "nothing"}`;
  return undefined;
}

/** Every expression of the entry with its type, every name with what it stands for. */
function typesOf(checked: Checked): string[] {
  const found: string[] = [];
  visit(checked.entry.tree, (node: Node) => {
    const expr = node as Expr;
    const entity = expr.kind === "Name" ? checked.resolved(expr) : undefined;
    const place = entity && "node" in entity ? `${entity.node.span.file}:${entity.node.span.start}` : "";
    found.push(
      `${node.span.start} ${node.kind} ${show(checked.typeOf(expr))} ${entity?.entity ?? ""} ${entity?.name ?? ""} ${place}`,
    );
  });
  const { all, open } = checked.measurements;
  found.push(
    ...all.map(({ name, node, byCase }) => `${name} ${node.span.start} ${byCase}`),
    ...open.map(({ node }) => `open ${node.span.start}`),
  );
  return found;
}
