/** A model that std does not compute is refused by name, with what to do instead. */
import type { NeuroError } from "../../error.ts";
import type { Fields } from "../../fields.ts";

/** The NeuroError for a config of something else than std's architectures. */
export function unsupported(fields: Fields, what: string): NeuroError {
  const error = fields.fault(what);
  return Object.assign(error, {
    code: "model_unsupported",
    message: error.message.replace("cannot be used", "cannot be imported"),
    hint: "A model of another architecture can be served elsewhere and named here by its address: model m: Remote { remote: .. }.",
  });
}

/** Refuses a config in which an option that std does not compute has another value than the one that changes nothing. */
export function refuseOptions(fields: Fields, neutral: Readonly<Record<string, readonly unknown[]>>): void {
  for (const [name, values] of Object.entries(neutral)) {
    const value = fields.get(name);
    if (value === undefined || values.includes(value)) continue;
    throw unsupported(
      fields,
      `its ${name} is ${JSON.stringify(value)}, which std does not compute (${values.map((each) => JSON.stringify(each)).join(" or ")} is)`,
    );
  }
}

/** How many numbers a classifier gives, and what each is called. */
export function labelsOf(fields: Fields): readonly string[] {
  const named = fields.inner("id2label");
  const count = fields.get("num_labels") ?? (named ? countOf(fields) : 2);
  if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > 10_000)
    throw fields.fault(`its num_labels is ${JSON.stringify(count)}`);
  return Array.from({ length: count as number }, (_, i) => named?.text(String(i)) ?? `LABEL_${i}`);
}

const countOf = (fields: Fields): number => Object.keys(fields.get("id2label") as object).length;

/** The class that a folder was saved with; nothing where it does not say. */
export function classOf(fields: Fields): string {
  const classes = fields.get("architectures");
  return Array.isArray(classes) && typeof classes[0] === "string" ? classes[0] : "";
}
