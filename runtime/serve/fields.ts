/** Fields of a request's JSON, read one by one: a value of the right kind, or a {@link BadRequest} that names the field. */

import { BadRequest } from "./errors.ts";

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object of a body. */
export function objectOf(value: unknown, name?: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new BadRequest(`${name ? `\`${name}\`` : "The body"} must be an object.`, {
    ...(name !== undefined && { param: name }),
    code: "invalid_type",
  });
}

/** A number within bounds; undefined where the field is absent or null. */
export function numberIn(fields: Fields, name: string, low: number, high: number, whole = false): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
    throw new BadRequest(`\`${name}\` must be ${whole ? "a whole number" : "a number"}.`, { param: name, code: "invalid_type" });
  if (value < low || value > high)
    throw new BadRequest(`\`${name}\` is ${value}; it must be from ${low} to ${high}.`, { param: name, code: "out_of_range" });
  return value;
}

/** A truth; `otherwise` where the field is absent or null. */
export function truth(fields: Fields, name: string, otherwise = false): boolean {
  const value = fields[name] ?? otherwise;
  if (typeof value === "boolean") return value;
  throw new BadRequest(`\`${name}\` must be true or false.`, { param: name, code: "invalid_type" });
}

/** A text; undefined where the field is absent or null. */
export function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw new BadRequest(`\`${name}\` must be a text.`, { param: name, code: "invalid_type" });
}

/** A text that must be there; `path` is what the request calls it where it lies deeper. */
export function textOf(fields: Fields, name: string, path = name): string {
  const value = fields[name] ?? "";
  if (typeof value !== "string") throw new BadRequest(`\`${path}\` must be a text.`, { param: path, code: "invalid_type" });
  if (value.trim() !== "") return value;
  throw new BadRequest(`\`${path}\` is missing.`, { param: path, code: "missing_required_parameter" });
}

/** One text or a list of at most `most` texts. */
export function textsIn(fields: Fields, name: string, most: number): readonly string[] | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  const list = typeof value === "string" ? [value] : value;
  if (!Array.isArray(list) || !list.every((one) => typeof one === "string"))
    throw new BadRequest(
      `\`${name}\` must be a text or a list of texts${Array.isArray(list) && list.flat().some(Number.isInteger) ? "; tokens of another tokenizer would mean nothing here" : ""}.`,
      { param: name, code: "invalid_type" },
    );
  if (list.length > most)
    throw new BadRequest(`\`${name}\` may have ${most} texts at most.`, { param: name, code: "out_of_range" });
  return list;
}
