/** What a build runs has an implementation. Checking accepts a declaration of the library that has none yet; building what uses it is refused here. */
import type { Diagnostic } from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { diagnose } from "../diagnostics/define.ts";
import { notInThisVersion as record } from "../diagnostics/not_in_this_version.ts";

/** One diagnostic per place of the user's files that needs something without an implementation. */
export function notInThisVersion(checked: Checked): Diagnostic[] {
  const found: Diagnostic[] = [];
  const lacking = new Map<Declaration, Declaration | undefined>();
  for (const module of checked.modules) {
    if (module.std && module !== checked.entry) continue;
    for (const declaration of module.declarations.values()) {
      const { name, word, node } = declaration;
      if (isLacking(declaration)) found.push(diagnose(record, node.name.span, { name, kind: word, own: true }));
      for (const [target, name] of checked.mentions(declaration)) {
        if (!target.module.std) continue;
        const missing = firstLacking(target, checked, lacking);
        if (missing) found.push(diagnose(record, name.span, { name: missing.name, kind: missing.word }));
      }
    }
  }
  return found;
}

/** The declaration itself, or the first of those it needs, that has nothing behind it. */
function firstLacking(
  declaration: Declaration,
  checked: Checked,
  known: Map<Declaration, Declaration | undefined>,
): Declaration | undefined {
  if (known.has(declaration)) return known.get(declaration);
  known.set(declaration, undefined);
  let missing = isLacking(declaration) ? declaration : undefined;
  for (const target of checked.mentions(declaration).keys()) missing ??= firstLacking(target, checked, known);
  known.set(declaration, missing);
  return missing;
}

function isLacking({ node }: Declaration): boolean {
  if (node.kind !== "Callable" && node.kind !== "Setting") return false;
  return node.extern && !node.from && !node.value && !(node.kind === "Callable" && node.body);
}
