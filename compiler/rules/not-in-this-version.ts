/** What a build runs has an implementation. Checking accepts a declaration of the library that has none yet; building what uses it is refused here. */
import type * as ast from "../../grammar/index.ts";
import type { Diagnostic } from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { diagnose } from "../diagnostics/define.ts";
import { notInThisVersion as record } from "../diagnostics/not_in_this_version.ts";
import { visit } from "../visit.ts";

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
      for (const name of settingsLacking(declaration, checked))
        found.push(diagnose(record, name.span, { name: name.text, kind: "setting" }));
    }
  }
  return found;
}

/** Settings of a decoding, or of the fits of a recipe, that nothing runs yet; what is written as if it were left out is none. */
function settingsLacking({ node, word }: Declaration, checked: Checked): ast.Name[] {
  if (node.kind === "Setting") {
    const entries = (word === "decoding" || word === "quantization") && node.value?.kind === "Record" ? node.value.entries : [];
    const lacks = ({ label, value }: (typeof entries)[number]): boolean =>
      word === "decoding" ? label.text === "draft" : label.text === "method" && methodOf(value, checked) !== "rtn";
    return entries.filter(lacks).map((entry) => entry.label);
  }
  const found: ast.Name[] = [];
  if (word !== "train") return found;
  visit(node, (inner) => {
    if (inner.kind !== "Call" || inner.callee.kind !== "Name" || inner.callee.text !== "fit") return;
    for (const { label, value } of inner.args) if (label && ranOnlyAs.get(label.text)?.(value) === false) found.push(label);
  });
  return found;
}

/** The method of a quantization, by name. */
function methodOf(value: ast.Expr, checked: Checked): string | undefined {
  const made = checked.constant(value);
  return made?.kind === "case" ? made.name : undefined;
}

/** Settings of `fit` with the one value that this version runs, where there is one. */
const ranOnlyAs: ReadonlyMap<string, (value: ast.Expr) => boolean> = new Map([
  ["precision", (value: ast.Expr) => value.kind === "Name" && value.text === "f32"],
]);

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
