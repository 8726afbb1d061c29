/** A local `fn` has no types of its own: its body is walked again wherever it is used, with the types of that use. */
import type { LocalEntity } from "../declarations.ts";
import { type Type, unknown } from "../types.ts";
import type { Walker } from "./walker.ts";

/** Beyond this many expansions inside each other, or of one function, nothing new is learned: calls of calls double with every level. */
const deepest = 24;
const most = 200;

/** The type of the body when the parameters have these types. */
export function expandLocal(entity: LocalEntity, args: readonly Type[], walker: Walker): Type {
  const { node } = entity;
  const depth = walker.where.depth ?? 0;
  if (node.kind !== "LocalFn" || depth > deepest) return unknown;
  const count = (walker.program.expansions.get(entity) ?? 0) + 1;
  if (count > most) return walker.program.typeOf(node.value);
  walker.program.expansions.set(entity, count);
  const inner = walker.within({ depth: depth + 1 });
  node.params.forEach((param, at) => {
    const parameter = walker.program.names.get(param.name);
    if (!parameter) return;
    const type = args[at] ?? (param.default ? inner.infer(param.default) : unknown);
    walker.program.entityTypes.set(parameter, type);
  });
  return inner.infer(node.value);
}
