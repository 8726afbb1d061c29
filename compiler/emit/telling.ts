/**
 * Which stage calls of a pipeline write what its caller reads while it is written: those whose value is the pipeline's own. Another stage's answer,
 * such as a draft that a further stage looks at, is nobody's yet. It writes no TypeScript.
 */
import type * as ast from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration } from "../declarations.ts";

/** The calls whose value the pipeline gives: its last expression, through names and choices. */
export function tellingCalls(
  { node }: Declaration & { readonly node: ast.Callable },
  checked: Pick<Checked, "resolved">,
): ReadonlySet<ast.Call> {
  const found = new Set<ast.Call>();
  const follow = (value: ast.Expr | undefined): void => {
    if (value?.kind === "Call") found.add(value);
    else if (value?.kind === "If") [value.yes, value.no].forEach(follow);
    else if (value?.kind === "Name") follow(boundTo(value, checked));
  };
  const last = node.body?.stmts.at(-1);
  follow(node.value ?? (last?.kind === "ExprStmt" || last?.kind === "Bind" ? last.value : undefined));
  return found;
}

function boundTo(name: ast.Name, checked: Pick<Checked, "resolved">): ast.Expr | undefined {
  const entity = checked.resolved(name);
  return entity?.entity === "local" && entity.node.kind === "Bind" ? entity.node.value : undefined;
}
