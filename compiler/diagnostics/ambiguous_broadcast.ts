import { defineDiagnostic, wrap } from "./define.ts";

export const ambiguousBroadcast = defineDiagnostic({
  code: "ambiguous_broadcast",
  severity: "error",
  title: "Neither operand has all axes",
  label: (f: { op: string; left: string; right: string }) => `${f.left} ${f.op} ${f.right}`,
  text: (f: { op: string; left: string; right: string }) =>
    `One operand of an elementwise operation must have every axis of the other: ${f.left} and ${f.right} would make a tensor that neither of them is.`,
  hint: (f: { op: string; left: string; right: string }) => `If every combination is meant, say so: outer(a ${f.op} b).`,
  fix: (f, at) => (/^\W+$/.test(f.op) ? wrap(at, "outer(", ")") : undefined),
  wrong: `fn f(x: [t], y: [s]) -> [t, s] = x - y
`,
  right: `fn f(x: [t], y: [s]) -> [t, s] = outer(x - y)
`,
  page: "Silent outer products are how shape mistakes survive until they are expensive. A result with axes that neither operand has alone must be asked for with `outer`.",
});
