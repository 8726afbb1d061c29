// A size is a sum of products of symbols with whole exponents, so that equality is decided by looking.
//
// Exponents may be negative: `heads / kv * kv` is `heads` again, whatever the two are. A division by a sum that does
// not come out even becomes a symbol of its own (`(t + 1)/(s + 2)`), equal only to itself. Knows nothing of axes.

/** One product: `coefficient * symbol^exponent * ...`, symbols sorted by name, the coefficient a fraction in lowest terms. */
type Term = { readonly num: number; readonly den: number; readonly powers: ReadonlyArray<readonly [string, number]> };

/** A symbolic size (a Laurent polynomial over named symbols), in normal form: equal sizes have equal `key`s. */
export type Size = { readonly terms: readonly Term[]; readonly key: string };

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

const termKey = (term: Term): string => term.powers.map(([name, power]) => (power === 1 ? name : `${name}^${power}`)).join("*");

function make(terms: readonly Term[]): Size {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    const key = termKey(term);
    const known = byKey.get(key);
    byKey.set(key, known ? { ...term, ...fraction(known.num * term.den + term.num * known.den, known.den * term.den) } : term);
  }
  const kept = [...byKey.entries()].filter(([, term]) => term.num !== 0).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    terms: kept.map(([, term]) => term),
    key: kept.map(([key, { num, den }]) => `${num}${den === 1 ? "" : `/${den}`}${key && `*${key}`}`).join("+") || "0",
  };
}

function fraction(num: number, den: number): { num: number; den: number } {
  const common = gcd(num, den) || 1;
  const sign = den < 0 ? -1 : 1;
  return { num: (sign * num) / common, den: (sign * den) / common };
}

/** The size that is the whole number `value`. */
export const constant = (value: number): Size => make([{ num: value, den: 1, powers: [] }]);

/** The size called `name`, of which nothing else is known. */
export const symbol = (name: string): Size => make([{ num: 1, den: 1, powers: [[name, 1]] }]);

/** a + b. */
export const add = (a: Size, b: Size): Size => make([...a.terms, ...b.terms]);

/** a - b. */
export const subtract = (a: Size, b: Size): Size => add(a, multiply(b, constant(-1)));

function product(a: Term, b: Term): Term {
  const powers = new Map(a.powers);
  for (const [name, power] of b.powers) powers.set(name, (powers.get(name) ?? 0) + power);
  const kept = [...powers].filter(([, power]) => power !== 0).sort(([x], [y]) => (x < y ? -1 : 1));
  return { ...fraction(a.num * b.num, a.den * b.den), powers: kept };
}

/** a * b. */
export const multiply = (a: Size, b: Size): Size => make(a.terms.flatMap((x) => b.terms.map((y) => product(x, y))));

const inverse = (term: Term): Term => ({
  ...fraction(term.den, term.num),
  powers: term.powers.map(([name, power]) => [name, -power] as const),
});

/**
 * a / b; undefined when it certainly is not whole (both known, or every coefficient out of place), or b is 0.
 * A quotient of symbols is kept as it is: whether it comes out even is seen when the symbols have values.
 */
export function divide(a: Size, b: Size): Size | undefined {
  if (b.terms.length === 0) return undefined;
  if (a.terms.length === 0) return a;
  if (b.terms.length === 1) {
    const result = multiply(a, make([inverse(b.terms[0]!)]));
    return result.terms.some((term) => term.powers.length === 0 && term.den !== 1) && isConstant(result) ? undefined : result;
  }
  // (c * b) / b for a single term c; other sums stay as they are.
  const c = product(a.terms[0]!, inverse(b.terms[0]!));
  const whole = make([c]);
  return multiply(whole, b).key === a.key ? whole : symbol(`(${show(a)})/(${show(b)})`);
}

/** Whether the two are equal for every value of their symbols. */
export const equal = (a: Size, b: Size): boolean => a.key === b.key;

/** Whether no value of the symbols (all at least 1) makes them equal: their difference is a constant that is not 0. */
export function certainlyDiffer(a: Size, b: Size): boolean {
  const difference = subtract(a, b);
  return isConstant(difference) && difference.terms.length > 0;
}

/** Whether the size holds no symbol. */
export const isConstant = (size: Size): boolean => size.terms.every((term) => term.powers.length === 0);

/** The number a size without symbols is, else undefined. */
export function wholeOf(size: Size): number | undefined {
  if (!isConstant(size)) return undefined;
  const term = size.terms[0];
  return term ? term.num / term.den : 0;
}

/** The symbols that occur in a size, sorted. */
export const symbolsOf = (size: Size): string[] =>
  [...new Set(size.terms.flatMap((term) => term.powers.map(([name]) => name)))].sort();

/** The size with symbols replaced; a name that `values` lacks stays. */
export function substitute(size: Size, values: ReadonlyMap<string, Size>): Size {
  let sum = constant(0);
  for (const term of size.terms) {
    let part = make([{ num: term.num, den: term.den, powers: [] }]);
    for (const [name, power] of term.powers) {
      const value = values.get(name) ?? symbol(name);
      for (let i = 0; i < Math.abs(power); i++) part = power > 0 ? multiply(part, value) : (divide(part, value) ?? part);
    }
    sum = add(sum, part);
  }
  return sum;
}

/** A size as a person writes it: `4 * d`, `heads / kv`, `past + 1`. */
export function show(size: Size): string {
  if (size.terms.length === 0) return "0";
  return size.terms
    .map((term) => {
      const up = term.powers.filter(([, power]) => power > 0).map(([name, power]) => (power === 1 ? name : `${name} ^ ${power}`));
      const down = term.powers
        .filter(([, power]) => power < 0)
        .map(([name, power]) => (power === -1 ? name : `${name} ^ ${-power}`));
      if (term.den !== 1) down.unshift(String(term.den));
      const top = term.num === 1 && up.length ? up.join(" * ") : [String(term.num), ...up].join(" * ");
      return down.length ? `${top} / ${down.join(" / ")}` : top;
    })
    .join(" + ");
}

/** For a hint: the divisors of a known size that are nearest to a known part, as `4 or 8`; undefined where either is a symbol. */
export function nearestDivisors(whole: Size, part: Size): string | undefined {
  const [n, p] = [wholeOf(whole), wholeOf(part)];
  if (n === undefined || p === undefined || n < 1 || n > 1e7) return undefined;
  const divisors = Array.from({ length: Math.ceil(Math.sqrt(n)) }, (_, i) => i + 1).flatMap((d) =>
    n % d === 0 ? [d, n / d] : [],
  );
  const near = [...new Set(divisors)].sort((a, b) => Math.abs(a - p) - Math.abs(b - p) || a - b).slice(0, 2);
  return near.sort((a, b) => a - b).join(" or ");
}
