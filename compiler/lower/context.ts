// What mathematics asks of a program, answered from what was checked.
import type { Diagnostic } from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration, Module } from "../declarations.ts";
import type { Definition, MathContext } from "../math/door.ts";

/** The declaration a name means in a module: its own, imported, or of the prelude. */
export function declarationNamed(checked: Checked, name: string, module: Module): Declaration | undefined {
  const own = module.declarations.get(name) ?? module.imports.get(name)?.declaration;
  if (own) return own;
  for (const each of checked.modules) {
    if (each.std && each.path.startsWith("std/prelude")) {
      const found = each.declarations.get(name);
      if (found) return found;
    }
  }
  return undefined;
}

/** A context over a checked program; what is still wrong once sizes are known goes to `found`. */
export function contextOf(checked: Checked, found: Diagnostic[]): MathContext {
  const modules = new Map(checked.modules.map((m) => [m.path, m]));
  const find = (name: string, file: string): Declaration | undefined => {
    const module = modules.get(file);
    return module && declarationNamed(checked, name, module);
  };
  const models = new Map(checked.modules.flatMap((m) => [...m.declarations.values()].map((d) => [d.node, d] as const)));
  return {
    value: (name, file) => {
      const node = find(name, file)?.node;
      return node && node.kind !== "TypeDecl" ? (node as Definition) : undefined;
    },
    type: (name, file) => {
      const node = find(name, file)?.node;
      return node?.kind === "TypeDecl" ? node : undefined;
    },
    names: (file) => modules.get(file)?.declarations.keys() ?? [],
    text: (file) => modules.get(file)?.text,
    model: (decl) => {
      const declaration = models.get(decl);
      return declaration ? checked.declared(declaration) : { kind: "unknown" };
    },
    report: (diagnostic) => found.push(diagnostic),
  };
}
