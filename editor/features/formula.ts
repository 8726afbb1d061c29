/** A formula as people write one: the tree of an expression in the signs of mathematics, in plain Unicode. It computes nothing. */
import type * as ast from "../../grammar/index.ts";

/** How tightly a form binds; what binds looser is put in brackets. */
const tight = { choice: 0, or: 1, and: 2, not: 3, compare: 4, sum: 5, product: 6, sign: 7, power: 8, atom: 9 } as const;

type Written = readonly [text: string, binds: number];

/** An expression in the signs of mathematics: `-mean(log(p.tokens))` is `−mean(log pₜ)`. */
export const formula = (node: ast.Expr): string => write(node)[0];

/** The lines of a body, or of the one expression behind `=`; without those that only name axes. Undefined for what has no body here. */
export function formulaOf(node: ast.Decl): string | undefined {
  if (node.kind === "Callable" && node.value) return formula(node.value);
  const body = node.kind === "Callable" || node.kind === "Architecture" ? node.body : undefined;
  return body && body.stmts.length > 0 ? lines(body, "").join("\n") : undefined;
}

function lines({ stmts }: ast.Body, indent: string): string[] {
  return stmts.flatMap((node) => statement(node).map((line) => `${indent}${line}`));
}

function statement(node: ast.Stmt): string[] {
  switch (node.kind) {
    case "Weight":
      return [`${node.name.text} ∈ ℝ${axesOf(node.type)}${node.init ? ` ∼ ${formula(node.init)}` : ""}`];
    case "Minimize":
      return [`minimize ${formula(node.value)}`];
    case "Maximize":
      return [`maximize ${formula(node.value)}`];
    case "Repeat": {
      const each = node.name ? `${node.name.text} ∈ ` : "";
      const until = node.until ? ` until ${formula(node.until)}` : "";
      return [`repeat ${each}${formula(node.over)}${until}:`, ...lines(node.body, "  ")];
    }
    case "LocalFn":
      return [`${node.name.text}(${node.params.map(({ name }) => name.text).join(", ")}) = ${formula(node.value)}`];
    case "Bind":
      return [`${node.names.map(({ text }) => text).join(", ")} = ${formula(node.value)}`];
    case "ExprStmt":
      return [formula(node.value)];
  }
}

function axesOf(type: ast.Type): string {
  if (type.kind !== "TensorType") return "";
  return `[${type.axes.map((axis) => (axis.kind === "Ellipsis" ? "…" : `${axis.name.text}${axis.size ? ` = ${formula(axis.size)}` : ""}`)).join(", ")}]`;
}

const within = (node: ast.Expr, least: number): string => {
  const [text, binds] = write(node);
  return binds < least ? `(${text})` : text;
};

function write(node: ast.Expr): Written {
  switch (node.kind) {
    case "Number":
      return [`${node.raw.replaceAll("_", " ")}${node.percent ? "%" : ""}${node.unit ? ` ${node.unit.text}` : ""}`, tight.atom];
    case "Text":
      return ["“…”", tight.atom];
    case "Bool":
      return [String(node.value), tight.atom];
    case "Name":
      return [node.text, tight.atom];
    case "List":
      return [`[${node.items.map(formula).join(", ")}]`, tight.atom];
    case "Record":
      return [`{${node.entries.map(({ label, value }) => `${label.text}: ${formula(value)}`).join(", ")}}`, tight.atom];
    case "Binary":
      return binary(node);
    case "Compare":
      return [`${within(node.left, tight.sum)} ${compared[node.op]} ${within(node.right, tight.sum)}`, tight.compare];
    case "Range":
      return [`${within(node.from, tight.sum)}…${within(node.to, tight.sum)}`, tight.compare];
    case "Unary":
      return node.op === "-"
        ? [`−${within(node.operand, tight.sign)}`, tight.sign]
        : [`¬${within(node.operand, tight.not)}`, tight.not];
    case "If":
      return [`${formula(node.yes)} if ${formula(node.condition)}, else ${formula(node.no)}`, tight.choice];
    case "For":
      return [`for ${node.name.text} ∈ ${formula(node.over)}: …`, tight.choice];
    case "Call":
      return call(node);
    case "Index":
      return [`${within(node.object, tight.atom)}[${formula(node.value)}]`, tight.atom];
    case "Select":
      return [
        `${within(node.object, tight.atom)}[${node.entries.map(({ label, value }) => `${label.text} = ${formula(value)}`).join(", ")}]`,
        tight.atom,
      ];
    case "Field":
      return field(node);
    case "Missing":
      return ["…", tight.atom];
  }
}

const compared = { "==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", in: "∈" } as const;

function binary({ op, left, right }: ast.Binary): Written {
  switch (op) {
    case "+":
      return [`${within(left, tight.sum)} + ${within(right, tight.sum)}`, tight.sum];
    case "-":
      return [`${within(left, tight.sum)} − ${within(right, tight.product)}`, tight.sum];
    case "*":
      return [`${within(left, tight.product)} · ${within(right, tight.product)}`, tight.product];
    case "/":
      return [`${within(left, tight.product)} / ${within(right, tight.sign)}`, tight.product];
    case "^":
      return power(left, right);
    case "and":
      return [`${within(left, tight.and)} ∧ ${within(right, tight.and)}`, tight.and];
    case "or":
      return [`${within(left, tight.or)} ∨ ${within(right, tight.or)}`, tight.or];
  }
}

const raised: Readonly<Record<string, string>> = Object.fromEntries(
  [..."0123456789-nikt"].map((sign, at) => [sign, [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿⁱᵏᵗ"][at]!]),
);

function power(base: ast.Expr, exponent: ast.Expr): Written {
  const text = formula(exponent).replace("−", "-");
  const high = [...text].map((sign) => raised[sign]);
  const shown = within(base, tight.atom);
  return [high.every((sign) => sign !== undefined) ? `${shown}${high.join("")}` : `${shown}^(${formula(exponent)})`, tight.power];
}

/** `p.tokens` is the factor of token t, `p.next` the distribution of what comes next. */
function field({ object, name }: ast.Field): Written {
  if (name.text === "tokens") return [`${within(object, tight.atom)}ₜ`, tight.atom];
  if (name.text === "next" && object.kind === "Call" && object.given) {
    const given = object.given.map(({ value }) => formula(value)).join(", ");
    const scored = object.args.map(({ value }) => formula(value)).join(", ");
    return [`${formula(object.callee)}(· | ${scored}₍<t₎, ${given})`, tight.atom];
  }
  // What a row is called says nothing where its fields do.
  return [object.kind === "Name" && rows.has(object.text) ? name.text : `${within(object, tight.atom)}.${name.text}`, tight.atom];
}

const rows = new Set(["row", "pair"]);

const signs: Readonly<Record<string, (args: readonly string[], call: ast.Call) => Written | undefined>> = {
  sqrt: ([x]) => [`√(${x})`, tight.atom],
  abs: ([x]) => [`|${x}|`, tight.atom],
  sigmoid: ([x]) => [`σ(${x})`, tight.atom],
  exp: ([x], { args }) => {
    const only = args[0]!.value;
    return only.kind === "Name" ? [`e^${x}`, tight.power] : undefined;
  },
  log: ([x], { args }) => [simple(args[0]!.value) ? `log ${x}` : `log(${x})`, tight.sign],
  stop: ([x]) => [`⌊${x}⌋`, tight.atom],
  hard: ([x]) => [`𝟙[${x}]`, tight.atom],
  outer: ([x]) => [`(${x})⊗`, tight.atom],
  dot: (_args, { args, over }) => {
    const [a, b] = args;
    return a && b && over
      ? [`Σ${lowered(over)} ${within(a.value, tight.product)} · ${within(b.value, tight.product)}`, tight.product]
      : undefined;
  },
};

const simple = (node: ast.Expr): boolean => node.kind === "Name" || node.kind === "Call" || node.kind === "Field";

const reductions: Readonly<Record<string, string>> = {
  sum: "Σ",
  mean: "mean",
  max: "max",
  min: "min",
  softmax: "softmax",
  std: "std",
  any: "∃",
  all: "∀",
  logsumexp: "logsumexp",
  argmax: "argmax",
  count: "count",
};

function call(node: ast.Call): Written {
  const name = node.callee.kind === "Name" ? node.callee.text : "";
  const args = node.args.map(({ label, value }) => `${label ? `${label.text} = ` : ""}${formula(value)}`);
  const given = node.given ? ` | ${node.given.map(({ value }) => formula(value)).join(", ")}` : "";
  const sign = reductions[name];
  if (sign && !given && args.length === 1) {
    const mask = node.where ? ` : ${formula(node.where)}` : "";
    const over = node.over ? lowered(node.over, mask) : mask ? `[${mask.slice(3)}]` : "";
    return sign === "Σ"
      ? [`Σ${over} ${within(node.args[0]!.value, tight.product)}`, tight.product]
      : [`${sign}${over}(${args[0]})`, tight.atom];
  }
  const special = given ? undefined : signs[name]?.(args, node);
  if (special) return special;
  const over = node.over ? ` over ${node.over.map(axisText).join(", ")}` : "";
  const to = node.to ? ` → ${node.to.map(axisText).join(", ")}` : "";
  const where = node.where ? ` where ${formula(node.where)}` : "";
  return [`${within(node.callee, tight.atom)}(${args.join(", ")}${given}${over}${to}${where})`, tight.atom];
}

const axisText = (axis: ast.Axis): string =>
  axis.kind === "Ellipsis" ? "…" : `${axis.name.text}${axis.size ? ` = ${formula(axis.size)}` : ""}`;

const low: Readonly<Record<string, string>> = Object.fromEntries(
  [..."aehijklmnoprstuvx0123456789"].map((sign, at) => [sign, [..."ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₀₁₂₃₄₅₆₇₈₉"][at]!]),
);

/** Axes below a sign: one letter hangs, words stand in brackets. */
function lowered(axes: readonly ast.Axis[], mask = ""): string {
  const names = axes.map(axisText);
  const small = mask === "" ? names.map((name) => ([...name].length === 1 ? low[name] : undefined)) : [];
  return small.length > 0 && small.every((each) => each !== undefined) ? small.join("") : `[${names.join(", ")}${mask}]`;
}
