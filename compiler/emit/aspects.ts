/**
 * What people are asked about each pair that `label` gives them: the cases of the enumeration that its rows come back with. The call's own type knows
 * them where its rows are used; otherwise the dataset of the same labels, or the judges that the rank asks. Knows nothing of files.
 */
import type * as ast from "../../grammar/index.ts";
import type { BoundCall } from "../declarations.ts";
import type { Type } from "../types.ts";
import { visit } from "../visit.ts";
import type { Writer } from "./expression.ts";
import { textLiteral } from "./literal.ts";

/** `aspects: ["main", "safety"]`, or undefined where nothing says what is asked. */
export function aspectsText(node: ast.Call, bound: BoundCall | undefined, w: Writer): string | undefined {
  const cases = casesOf(w.typeOf(node)) ?? ofDataset(bound, w) ?? ofRank(bound, w);
  return cases && `aspects: [${cases.map(textLiteral).join(", ")}]`;
}

/** The cases of `aspect` in a row of the type. */
function casesOf(type: Type): readonly string[] | undefined {
  const row = type.kind === "rows" ? type.row : type;
  if (row.kind !== "record") return undefined;
  const field = row.fields.get("aspect")?.type;
  return field?.kind === "enum" ? field.cases : undefined;
}

/** Of the dataset that is declared as the labels of this name. */
function ofDataset(bound: BoundCall | undefined, w: Writer): readonly string[] | undefined {
  const to = bound?.args.get("to")?.value;
  if (to?.kind !== "Text") return undefined;
  const name = w.expr(to);
  for (const declaration of w.emit.checked.modules.flatMap((module) => [...module.declarations.values()])) {
    const { node, word } = declaration;
    if (word !== "dataset" || node.kind !== "Setting" || node.value?.kind !== "Call") continue;
    const { callee, args } = node.value;
    if (callee.kind !== "Name" || callee.text !== "labels" || !args[0] || w.expr(args[0].value) !== name) continue;
    const cases = casesOf(w.emit.checked.declared(declaration));
    if (cases) return cases;
  }
  return undefined;
}

/** Of a model that the rank asks. */
function ofRank(bound: BoundCall | undefined, w: Writer): readonly string[] | undefined {
  const rank = bound?.args.get("rank")?.value;
  const entity = rank?.kind === "Name" ? w.emit.checked.resolved(rank) : undefined;
  const within = entity?.entity === "local" ? entity.node : entity?.entity === "declaration" ? entity.node : undefined;
  let found: readonly string[] | undefined;
  if (within)
    visit(within, (inner) => {
      if (inner.kind !== "Name" && inner.kind !== "Call") return;
      const type = w.typeOf(inner);
      if (type.kind === "model" && type.over?.kind === "enum") found ??= type.over.cases;
    });
  return found;
}
