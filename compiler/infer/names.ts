/** A name as an expression: a case where an enumeration is asked for, else what binding found, else what the compiler itself knows. */
import type * as ast from "../../grammar/index.ts";
import type { BuiltinEntity, Entity } from "../declarations.ts";
import { unknownName } from "../diagnostics/unknown_name.ts";
import { declaredType } from "../read-type.ts";
import { stdModuleOf } from "../std-names.ts";
import { candidates } from "../suggest.ts";
import { type FnType, type Type, type TypeKind, unknown } from "../types.ts";
import { expandLocal } from "./expand.ts";
import { specialNames, specialSignature } from "./special.ts";
import type { Walker } from "./walker.ts";

/** The type of what a name stands for here. */
export function nameType(node: ast.Name, expected: Type, walker: Walker): Type {
  const chosen = caseNamed(node, expected, walker);
  if (chosen) return chosen;
  const entity = resolve(node, walker, expected);
  if (!entity) return unknown;
  const type = entityType(entity, walker);
  if (entity.entity === "local" && entity.node.kind === "LocalFn" && expected.kind === "fn")
    return {
      ...expected,
      signature: {
        ...expected.signature,
        result: expandLocal(
          entity,
          expected.signature.parameters.map((p) => p.type),
          walker,
        ),
      },
    };
  return type;
}

/** A case of the enumeration or of the choices that are asked for. */
function caseNamed(node: ast.Name, expected: Type, walker: Walker): Type | undefined {
  const { program } = walker;
  // One case where a list of them is asked for: it is known, and does not fit.
  if (expected.kind === "list") return caseNamed(node, expected.of, walker);
  if (expected.kind === "enum" && expected.cases.includes(node.text)) {
    program.names.set(node, {
      entity: "case",
      name: node.text,
      of: expected.name,
      ...(expected.declaration ? { declaration: expected.declaration } : {}),
    });
    return expected;
  }
  if (expected.kind === "variant" && expected.cases.has(node.text)) {
    program.names.set(node, { entity: "case", name: node.text, of: expected.name });
    return { ...expected, chosen: node.text };
  }
  return undefined;
}

/** The cases that could be meant where one is asked for. */
export function casesOf(expected: Type): readonly string[] {
  if (expected.kind === "enum") return expected.cases;
  if (expected.kind === "bool") return ["true", "false"];
  return expected.kind === "variant" ? [...expected.cases.keys()] : [];
}

/** What a name stands for; an unknown one is reported, with what fits its place as the likeliest to be meant. */
export function resolve(node: ast.Name, walker: Walker, expected: Type): Entity | undefined {
  const { program } = walker;
  const found = program.names.get(node);
  if (found && found.entity !== "case") return found;
  if (program.silent.has(node)) return undefined;
  const builtin = builtinNamed(node.text, walker);
  if (builtin && specialNames.has(node.text) && walker.where.place !== "recipe") {
    program.report(unknownName, node.span, { name: node.text, known: [], where: "train" });
    program.silent.add(node);
    return undefined;
  }
  if (builtin) {
    program.names.set(node, builtin);
    return builtin;
  }
  const std = stdModuleOf(node.text, program.host);
  const cases = [...casesOf(expected), ...candidates(expected, walker.where.module).map(({ name }) => name)];
  const also = expected.kind === "variant" ? expected.also : undefined;
  program.report(unknownName, node.span, {
    name: node.text,
    known: [...cases, ...namesInSight(node, walker, expected)],
    cases: cases.slice(0, 8),
    ...(also && { also }),
    ...(std && fitsStd(expected) ? { std } : {}),
    ...(expected.kind === "text" && { quoted: true }),
  });
  program.silent.add(node);
  return undefined;
}

function builtinNamed(name: string, walker: Walker): BuiltinEntity | undefined {
  const known = specialNames.has(name) || walker.program.mathematics.builtins.has(name);
  return known ? { entity: "builtin", name } : undefined;
}

/** What is no function and no number cannot be what mathematics has built in, whatever is spelt alike. */
const built: ReadonlySet<TypeKind> = new Set([
  "unknown",
  "fn",
  "int",
  "float",
  "bool",
  "tensor",
  "var",
  "tuple",
  "range",
  "axis",
]);
/** Nor is a choice or a text what a library declares. */
const fitsStd = ({ kind }: Type): boolean => kind !== "text" && kind !== "enum" && kind !== "variant";

/** After so many faults in one declaration nobody reads guesses, and looking for them is most of the work. */
const guessed = 200;

/** For "did you mean": locals of this declaration, names of the file and the prelude, and, where it may stand, what is built in. */
function namesInSight(node: ast.Name, walker: Walker, { kind }: Type): string[] {
  const { program, where } = walker;
  if (program.faults > guessed) return [];
  const locals = program.definedIn(where.declaration).filter((defined) => defined.name.span.start < node.span.start);
  return [
    ...locals.map((defined) => defined.name.text),
    ...program.namesIn(where.module),
    ...(built.has(kind) ? [...specialNames, ...program.mathematics.builtins.keys()] : []),
  ];
}

/** The type of an entity as a value. */
export function entityType(entity: Entity, walker: Walker): Type {
  const { program } = walker;
  switch (entity.entity) {
    case "declaration": {
      if (entity.word !== "type") return program.declarations.type(entity);
      const type = declaredType(entity, [], { program, module: entity.module });
      return type.kind === "enum" ? { kind: "enumeration", of: type } : unknown;
    }
    case "builtin": {
      const signature = specialSignature(entity.name);
      const fn: FnType = { kind: "fn", signature: signature ?? { parameters: [], result: unknown }, symbol: entity };
      return fn;
    }
    case "case":
      return unknown;
    default:
      return program.entityTypes.get(entity) ?? unknown;
  }
}
