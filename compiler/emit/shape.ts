/** What the rows of a dataset are declared to hold, as data: the runtime checks each row against it where it enters, and names its line. */
import type { Field, Type } from "../types.ts";
import { textLiteral } from "./literal.ts";
import { propertyName } from "./types.ts";

/** `{ left: { is: "answer" }, p: { is: "number", from: 0, to: 1 } }`, or undefined where nothing is known of the rows. */
export function shapeText(rows: Type): string | undefined {
  if (rows.kind !== "rows" || rows.row.kind !== "record") return undefined;
  const fields = [...rows.row.fields].flatMap(([name, field]) => {
    const text = fieldText(field);
    return text === undefined ? [] : [`${propertyName(name)}: { ${text} }`];
  });
  return fields.length > 0 ? `{ ${fields.join(", ")} }` : undefined;
}

/** A field's kind, its range and whether a row may lack it; undefined where every value may stand there. */
function fieldText({ type, optional, range }: Field): string | undefined {
  const is = kindText(type);
  if (is === undefined) return undefined;
  const within = range ?? ("range" in type ? type.range : undefined);
  const parts = [`is: ${is}`];
  if (within?.low !== undefined) parts.push(`from: ${within.low}`);
  if (within?.high !== undefined) parts.push(`to: ${within.high}`);
  if (optional) parts.push("optional: true");
  return parts.join(", ");
}

function kindText(type: Type): string | undefined {
  switch (type.kind) {
    case "int":
      return '"whole"';
    case "float":
      return '"number"';
    case "bool":
      return '"truth"';
    case "text":
      return '"text"';
    case "enum":
      return `[${type.cases.map(textLiteral).join(", ")}]`;
    case "host":
      return { Answer: '"answer"', Dialog: '"dialog"', Docs: '"documents"' }[type.name as string];
    default:
      return undefined;
  }
}

/** The form of a value that a tool takes or gives: `{ is: "record", fields: { celsius: { is: "number" } } }`. What JSON has no form of is a text. */
export function formText(type: Type, optional = false): string {
  const more = optional ? ", optional: true" : "";
  if (type.kind === "list") return `{ is: "list", of: ${formText(type.of)}${more} }`;
  if (type.kind !== "record") return `{ is: ${kindText(type) ?? '"text"'}${more} }`;
  const fields = [...type.fields].map(([name, field]) => `${propertyName(name)}: ${formText(field.type, field.optional)}`);
  return `{ is: "record", fields: { ${fields.join(", ")} }${more} }`;
}
