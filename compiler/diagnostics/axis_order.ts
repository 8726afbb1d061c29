import { defineDiagnostic, wrap } from "./define.ts";

export const axisOrder = defineDiagnostic({
  code: "axis_order",
  severity: "error",
  title: "Axes in another order",
  label: (f: { axis: string; place: string; given: string; wanted: string }) => `${f.axis} stands where ${f.place} is bound`,
  text: (f: { axis: string; place: string; given: string; wanted: string }) =>
    `A call binds axes in order. This argument is ${f.given}, the parameter is ${f.wanted}.`,
  hint: (f: { axis: string; place: string; given: string; wanted: string }) =>
    `Say which is meant: order(x over ${f.wanted.slice(1, -1)}).`,
  fix: (f, at) => wrap(at, "order(", ` over ${f.wanted.slice(1, -1)})`),
  wrong: `fn f(x: [b, t, d]) -> [b, t] = sum(x over d)
fn g(y: [t, b, d]) -> [t, b] = f(y)
`,
  right: `fn f(x: [b, t, d]) -> [b, t] = sum(x over d)
fn g(y: [t, b, d]) -> [b, t] = f(order(y over b, t, d))
`,
  page: "The axis variables of a parameter bind in order to the axes of the argument, whatever their names. An argument whose axis has the name of another variable of that parameter is almost always a transposed one.",
});
