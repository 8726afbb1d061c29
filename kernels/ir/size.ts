/**
 * A size is a polynomial over symbols with exact coefficients, kept as its canonical text, so that two sizes are equal
 * exactly when `===` says so. Knows nothing of axes or nodes.
 */

/** A whole number when it is constant, otherwise canonical text such as `2*b*s+1` or `s/2`. */
export type Size = number | string;

/** Values of the symbols when a program is bound. */
export type Binding = Readonly<Record<string, number>>;

type Fraction = readonly [top: number, bottom: number];
/** Monomial (its symbols, sorted, joined by `*`; empty for the constant term) to coefficient; no zero coefficients. */
type Poly = ReadonlyMap<string, Fraction>;

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

function fraction(top: number, bottom: number): Fraction {
  const shared = gcd(top, bottom) * (bottom < 0 ? -1 : 1);
  return [top / shared, bottom / shared];
}

const symbolsIn = (monomial: string): string[] => (monomial === "" ? [] : monomial.split("*"));

function build(terms: Iterable<readonly [string, Fraction]>): Poly {
  const poly = new Map<string, Fraction>();
  for (const [monomial, c] of terms) {
    const old = poly.get(monomial) ?? [0, 1];
    const sum = fraction(old[0] * c[1] + c[0] * old[1], old[1] * c[1]);
    if (sum[0] === 0) poly.delete(monomial);
    else poly.set(monomial, sum);
  }
  return poly;
}

const scaled = (p: Poly, by: Fraction): Poly => build([...p].map(([m, c]) => [m, fraction(c[0] * by[0], c[1] * by[1])]));

function multiplied(a: Poly, b: Poly): Poly {
  const terms: [string, Fraction][] = [];
  for (const [ma, ca] of a)
    for (const [mb, cb] of b)
      terms.push([[...symbolsIn(ma), ...symbolsIn(mb)].sort().join("*"), fraction(ca[0] * cb[0], ca[1] * cb[1])]);
  return build(terms);
}

/** Higher degree first, then by name: a fixed order, so that text is canonical and division ends. */
function byOrder(a: string, b: string): number {
  const degree = symbolsIn(b).length - symbolsIn(a).length;
  return degree !== 0 ? degree : a < b ? -1 : a > b ? 1 : 0;
}

const leading = (p: Poly): string => [...p.keys()].sort(byOrder)[0] as string;

function quotient(top: string, bottom: string): string | undefined {
  const rest = symbolsIn(top);
  for (const symbol of symbolsIn(bottom)) {
    const at = rest.indexOf(symbol);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return rest.join("*");
}

function divided(a: Poly, b: Poly): Poly | undefined {
  const head = leading(b);
  const headCoefficient = b.get(head) as Fraction;
  let rest = a;
  let result: Poly = new Map();
  while (rest.size > 0) {
    const top = leading(rest);
    const monomial = quotient(top, head);
    if (monomial === undefined) return undefined;
    const c = rest.get(top) as Fraction;
    const term: Poly = new Map([[monomial, fraction(c[0] * headCoefficient[1], c[1] * headCoefficient[0])]]);
    result = build([...result, ...term]);
    rest = build([...rest, ...scaled(multiplied(term, b), [-1, 1])]);
  }
  return result;
}

function printed(p: Poly): Size {
  if (p.size === 0) return 0;
  const constant = p.get("");
  if (p.size === 1 && constant?.[1] === 1) return constant[0];
  let text = "";
  for (const monomial of [...p.keys()].sort(byOrder)) {
    const [top, bottom] = p.get(monomial) as Fraction;
    const factor = Math.abs(top) === 1 && monomial !== "" ? "" : `${Math.abs(top)}`;
    const body = factor && monomial ? `${factor}*${monomial}` : factor || monomial;
    text += `${top < 0 ? "-" : text ? "+" : ""}${body}${bottom === 1 ? "" : `/${bottom}`}`;
  }
  return text;
}

const token = /\s*([\p{L}_][\p{L}\p{N}_.]*|\d+|[-+*/()])/uy;

function tokens(text: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (!match) throw new Error(`not a size: ${JSON.stringify(text)}`);
    found.push(match[1] as string);
  }
  return found;
}

function parsed(text: string): Poly {
  const queue = tokens(text);
  const fail = (): never => {
    throw new Error(`not a size: ${JSON.stringify(text)}`);
  };
  function atom(): Poly {
    const t = queue.shift() ?? fail();
    if (t === "-") return scaled(atom(), [-1, 1]);
    if (t === "(") {
      const inner = sum();
      if (queue.shift() !== ")") fail();
      return inner;
    }
    if (/^\d/.test(t)) return build([["", [Number(t), 1]]]);
    return /^[\p{L}_]/u.test(t) ? build([[t, [1, 1]]]) : fail();
  }
  function product(): Poly {
    let left = atom();
    while (queue[0] === "*" || queue[0] === "/")
      left = queue.shift() === "*" ? multiplied(left, atom()) : (divided(left, atom()) ?? fail());
    return left;
  }
  function sum(): Poly {
    let left = product();
    while (queue[0] === "+" || queue[0] === "-") {
      const sign = queue.shift() === "+" ? 1 : -1;
      left = build([...left, ...scaled(product(), [sign, 1])]);
    }
    return left;
  }
  const result = sum();
  if (queue.length > 0) fail();
  return result;
}

const known = new Map<string, Poly>();

function poly(size: Size): Poly {
  if (typeof size === "number") {
    if (!Number.isInteger(size)) throw new Error(`a size is a whole number, not ${size}`);
    return build([["", [size, 1]]]);
  }
  let p = known.get(size);
  if (!p) {
    p = parsed(size);
    known.set(size, p);
  }
  return p;
}

/** The canonical form of a size given as text or number, so that equal sizes are `===`. Throws on text that is no size. */
export const size = (s: Size): Size => printed(poly(s));

/** An operation on sizes that works out each pair once: programs have few sizes and ask of them often. */
function remembered(of: (a: Size, b: Size) => Size): (a: Size, b: Size) => Size {
  const results = new Map<Size, Map<Size, Size>>();
  return (a, b) => {
    const row = results.get(a) ?? new Map<Size, Size>();
    const known = row.get(b);
    if (known !== undefined) return known;
    const result = of(a, b);
    results.set(a, row.set(b, result));
    return result;
  };
}

/** a + b. */
export const plus = remembered((a, b) => printed(build([...poly(a), ...poly(b)])));

/** a - b. */
export const minus = remembered((a, b) => printed(build([...poly(a), ...scaled(poly(b), [-1, 1])])));

const product = remembered((a, b) => printed(multiplied(poly(a), poly(b))));

/** The product of any number of sizes; 1 of none. */
export const times = (...sizes: Size[]): Size => sizes.reduce<Size>(product, 1);

/**
 * a / b when it divides exactly as a polynomial, otherwise undefined. `s / 2` is the size `s/2`: whether it is whole is
 * only known when s is bound (`evaluate` checks); `7 / 2` is undefined.
 */
export function divide(a: Size, b: Size): Size | undefined {
  const bottom = poly(b);
  const result = bottom.size === 0 ? undefined : divided(poly(a), bottom);
  if (!result || (result.size === 1 && (result.get("")?.[1] ?? 1) !== 1)) return undefined;
  return printed(result);
}

/** The symbols a size mentions, sorted. */
export const symbolsOf = (s: Size): string[] => [...new Set([...poly(s).keys()].flatMap(symbolsIn))].sort();

/** The number a size is under a binding. Throws on an unbound symbol and on a result that is not a whole number >= 0. */
export function evaluate(s: Size, binding: Binding): number {
  if (typeof s === "number") return s;
  let total = 0;
  for (const [monomial, [top, bottom]] of poly(s)) {
    let term = top / bottom;
    for (const symbol of symbolsIn(monomial)) {
      const value = binding[symbol];
      if (value === undefined) throw new Error(`the size ${s} needs a value for ${symbol}`);
      term *= value;
    }
    total += term;
  }
  const whole = Math.round(total);
  if (Math.abs(total - whole) > 1e-6 || whole < 0) throw new Error(`the size ${s} is ${total} here, not a whole number`);
  return whole;
}

/** A size with symbols replaced by sizes. */
export function substitute(s: Size, by: Readonly<Record<string, Size>>): Size {
  if (typeof s === "number") return s;
  let total: Size = 0;
  for (const [monomial, [top, bottom]] of poly(s)) {
    const value = times(top, ...symbolsIn(monomial).map((symbol) => by[symbol] ?? symbol));
    total = plus(total, bottom === 1 ? value : printed(scaled(poly(value), [1, bottom])));
  }
  return total;
}

/** A size as a sum of products: `top / bottom` times the symbols of each term. */
export const sizeTerms = (s: Size): { symbols: string[]; top: number; bottom: number }[] =>
  [...poly(s)]
    .sort(([a], [b]) => byOrder(a, b))
    .map(([monomial, [top, bottom]]) => ({ symbols: symbolsIn(monomial), top, bottom }));
