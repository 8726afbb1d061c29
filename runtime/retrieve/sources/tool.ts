/**
 * `source weather(city: Text) -> { celsius: Float, sky: Text } = tool("https://..")`: an HTTP endpoint that is called. What is given fills `{city}` in
 * the address or becomes a parameter of it; what comes back must be of the declared form. It knows nothing of pipelines.
 */
import { NeuroError } from "../../error.ts";
import { addressOf, ask, jsonOf, secretOf } from "./request.ts";

/** The form of a value: as the spec declares it. A list of words is an enumeration. */
export type Form =
  | { readonly is: "text" | "number" | "whole" | "truth"; readonly optional?: true }
  | { readonly is: readonly string[]; readonly optional?: true }
  | { readonly is: "list"; readonly of: Form; readonly optional?: true }
  | { readonly is: "record"; readonly fields: Readonly<Record<string, Form>>; readonly optional?: true };

/** `tool(url, method: "POST", key: "WEATHER_KEY")` of a spec. */
export type ToolSource = {
  readonly kind: "tool";
  readonly url: string;
  readonly method: string;
  readonly key: string;
  readonly private: boolean;
};

/** What the spec declares of a tool: its parameters in order, and what it gives. */
export type ToolForm = { readonly takes: Readonly<Record<string, Form>>; readonly gives: Form };

/** Something that is called with what its form takes. */
export type Tool = (given: readonly unknown[], signal?: AbortSignal) => Promise<unknown>;

/** The tool. Throws `source_address`; calling it throws `tool_given`, `secret_missing`, `source_misfit` and what `ask` throws. */
export function openTool(name: string, { url, method, key, private: inside }: ToolSource, form: ToolForm): Tool {
  const names = Object.keys(form.takes);
  // Braces are kept for what is given; the rest must be an address.
  addressOf(name, url.replace(/\{\w+\}/g, "x"));
  if (/^[^/]*\/\/[^/?#]*\{/.test(url)) {
    throw new NeuroError("source_address", `The source ${name} lets what is given decide the server: "${url}".`, {
      hint: "Write `{..}` behind the host only.",
    });
  }
  if (method !== "GET" && method !== "POST") {
    throw new NeuroError("source_address", `The source ${name} asks by ${method}.`, { hint: "Tools are asked by GET or POST." });
  }
  return async (values, signal) => {
    const given = Object.fromEntries(names.map((field, i) => [field, values[i]]));
    for (const [field, wanted] of Object.entries(form.takes)) {
      const wrong = misfit(given[field], wanted, field);
      if (wrong) throw new NeuroError("tool_given", `The tool ${name} was given ${wrong}.`, { hint: "Look at what calls it." });
    }
    const secret = secretOf(name, key);
    const { address, rest } = filled(url, given);
    if (method === "GET") for (const [field, value] of Object.entries(rest)) append(address, field, value);
    const reply = await ask({
      name,
      url: address,
      method,
      private: inside,
      ...(method === "POST" && { body: rest }),
      ...(secret !== undefined && { headers: { authorization: `Bearer ${secret}` } }),
      ...(signal && { signal }),
    });
    const result = jsonOf(name, reply);
    const wrong = misfit(result, form.gives, "");
    if (wrong === undefined) return declared(result, form.gives);
    throw new NeuroError("source_misfit", `The tool ${name} answered with ${wrong}.`, {
      where: `${address.origin}${address.pathname}`,
      hint: "Declare what it gives, or ask another address.",
    });
  };
}

/** The address with `{field}` filled in, and what is left to be sent besides. */
function filled(url: string, given: Readonly<Record<string, unknown>>): { address: URL; rest: Record<string, unknown> } {
  const used = new Set<string>();
  const text = url.replace(/\{(\w+)\}/g, (whole, field: string) => {
    if (!Object.hasOwn(given, field)) return whole;
    used.add(field);
    // `..` would climb out of the path.
    return encodeURIComponent(String(given[field])).replace(/\./g, "%2E");
  });
  const rest = Object.fromEntries(Object.entries(given).filter(([field, value]) => !used.has(field) && value !== undefined));
  return { address: new URL(text), rest };
}

function append(address: URL, field: string, value: unknown): void {
  for (const one of Array.isArray(value) ? value : [value])
    address.searchParams.append(field, typeof one === "object" ? JSON.stringify(one) : String(one));
}

/** What is wrong with a value, in words; undefined where it fits. */
export function misfit(value: unknown, form: Form, at: string): string | undefined {
  const place = at === "" ? "it" : `\`${at}\``;
  if (value === undefined || value === null) return form.optional ? undefined : `nothing as ${place}`;
  if (form.is === "list") {
    if (!Array.isArray(value)) return `${described(value)} as ${place} instead of a list`;
    for (const [i, one] of value.entries()) {
      const wrong = misfit(one, form.of, `${at}[${i}]`);
      if (wrong) return wrong;
    }
    return undefined;
  }
  if (form.is === "record") {
    if (typeof value !== "object" || Array.isArray(value)) return `${described(value)} as ${place} instead of a record`;
    for (const [field, wanted] of Object.entries(form.fields)) {
      const wrong = misfit((value as Record<string, unknown>)[field], wanted, at === "" ? field : `${at}.${field}`);
      if (wrong) return wrong;
    }
    return undefined;
  }
  if (typeof form.is !== "string")
    return form.is.includes(value as string)
      ? undefined
      : `${described(value)} as ${place} instead of one of ${form.is.join(", ")}`;
  const fits = {
    text: typeof value === "string",
    number: typeof value === "number" && Number.isFinite(value),
    whole: Number.isInteger(value),
    truth: typeof value === "boolean",
  }[form.is];
  const words = { text: "a text", number: "a number", whole: "a whole number", truth: "true or false" }[form.is];
  return fits ? undefined : `${described(value)} as ${place} instead of ${words}`;
}

/** A value with the declared fields alone: what else a server sends reaches nothing. */
function declared(value: unknown, form: Form): unknown {
  if (value === undefined || value === null) return undefined;
  if (form.is === "list") return (value as unknown[]).map((one) => declared(one, form.of));
  if (form.is !== "record") return value;
  const entries = Object.entries(form.fields).map(
    ([field, of]) => [field, declared((value as Record<string, unknown>)[field], of)] as const,
  );
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

function described(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a record";
  return typeof value === "string" ? `the text ${JSON.stringify(value.slice(0, 40))}` : String(value);
}
