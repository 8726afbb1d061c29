/**
 * A node is immutable and interned: two nodes with the same operation, inputs, attributes and origin are one object.
 * Its dtype and axes follow from its signature alone. Knows nothing of what an operation computes.
 */
import type { DType } from "./dtype.ts";
import { type Size, size } from "./size.ts";

export type { DType } from "./dtype.ts";

/** A named axis. Within a node names are unique; between nodes the same name must have the same size. */
export type Axis = { readonly name: string; readonly size: Size };

/** Attributes are plain JSON, so that a node's key, its print and its file are one thing. */
export type Attr = string | number | boolean | null | readonly Attr[] | { readonly [key: string]: Attr };
/** The attributes of a node. */
export type Attrs = { readonly [key: string]: Attr };

/** One operation applied to nodes. */
export interface Node {
  readonly id: number;
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly attrs: Attrs;
  readonly dtype: DType;
  readonly axes: readonly Axis[];
  /** Where it comes from, such as `main.neuro:31`; sorted, without repeats. */
  readonly origin: readonly string[];
}

/** What a signature says of a node's result. */
export interface Type {
  readonly dtype: DType;
  readonly axes: readonly Axis[];
}

/** Infers the result of an operation; throws on misuse, which is a compiler's mistake and never a user's. */
export type Signature<A extends Attrs = Attrs> = (inputs: readonly Node[], attrs: A) => Type;

const signatures = new Map<string, Signature>();

/** Declares an operation's signature, once. */
export function declare<A extends Attrs>(op: string, signature: Signature<A>): void {
  if (signatures.has(op)) throw new Error(`the operation ${op} is declared twice`);
  signatures.set(op, signature as unknown as Signature);
}

/** The result type of an operation on given inputs; throws on misuse or an unknown operation. */
export function infer(op: string, inputs: readonly Node[], attrs: Attrs): Type {
  const signature = signatures.get(op);
  if (!signature) throw new Error(`there is no operation ${op}`);
  const type = signature(inputs, attrs);
  const names = new Set(type.axes.map((a) => a.name));
  if (names.size !== type.axes.length) fail(op, `an axis twice in ${axesText(type.axes)}`, inputs);
  return type;
}

/** All operations that exist. */
export const operations = (): string[] => [...signatures.keys()].sort();

let origin: readonly string[] = [];
/** The origin as it stands in keys: a number for each, since keys are made a hundred thousand times. */
let originKey = 0;
const originKeys = new Map<string, number>([["", 0]]);
/** The same by list, as nodes hold them. */
const keysOfLists = new WeakMap<readonly string[], number>();

function keyOfOrigin(lines: readonly string[]): number {
  let key = keysOfLists.get(lines);
  if (key === undefined) {
    const text = lines.join("\n");
    key = originKeys.get(text) ?? originKeys.size;
    originKeys.set(text, key);
    keysOfLists.set(lines, key);
  }
  return key;
}

const texts = new WeakMap<Attrs, string>();

/** Attributes as text, once for each that nodes hold. */
function textOf(attrs: Attrs): string {
  let text = texts.get(attrs);
  if (text === undefined) {
    text = JSON.stringify(attrs);
    texts.set(attrs, text);
  }
  return text;
}

/** Runs `build`; every node made inside, unless a nearer `at` says otherwise, comes from these spec lines. */
export function at<T>(lines: readonly string[], build: () => T): T {
  const [outer, outerKey] = [origin, originKey];
  // What a node holds is sorted and without repeats.
  origin = lines.length < 2 || keysOfLists.has(lines) ? lines : [...new Set(lines)].sort();
  originKey = keyOfOrigin(origin);
  try {
    return build();
  } finally {
    origin = outer;
    originKey = outerKey;
  }
}

const none: Attrs = Object.freeze({});
const interned = new Map<string, WeakRef<Node>>();
const forgotten = new FinalizationRegistry<string>((key) => {
  if (interned.get(key)?.deref() === undefined) interned.delete(key);
});
let next = 0;

/** Makes (or finds) a node. The builders call this; other code calls the builders. */
export function make(op: string, inputs: readonly Node[], attrs: Attrs = none): Node {
  let key = op;
  for (const { id } of inputs) key += ` ${id}`;
  key += `\n${attrs === none ? "{}" : textOf(attrs)}\n${originKey}`;
  const found = interned.get(key)?.deref();
  if (found) return found;
  const { dtype, axes } = infer(op, inputs, attrs);
  const node: Node = Object.freeze({ id: next++, op, inputs: Object.freeze([...inputs]), attrs, dtype, axes, origin });
  interned.set(key, new WeakRef(node));
  forgotten.register(node, key);
  return node;
}

/** An axis with a canonical size. */
export const axis = (name: string, length: Size): Axis => ({ name, size: size(length) });

/** `b, t, d=128`: axes as a person reads them; the size is left out when it is the name. */
export const axesText = (axes: readonly Axis[]): string =>
  `[${axes.map((a) => (a.size === a.name ? a.name : `${a.name}=${a.size}`)).join(", ")}]`;

/** Throws a compiler's mistake, naming the operation and the axes it was given. */
export function fail(op: string, what: string, inputs: readonly Node[]): never {
  const given = inputs.map((i) => `${i.op} ${i.dtype}${axesText(i.axes)}`).join("; ");
  throw new Error(`${op}: ${what} (given ${given || "nothing"}; ${origin.join(", ") || "no origin"})`);
}

/** The axis of a node by name, or undefined. */
export const axisOf = (node: Type, name: string): Axis | undefined => node.axes.find((a) => a.name === name);

/** Whether a node has an axis. */
export const hasAxis = (node: Type, name: string): boolean => node.axes.some((a) => a.name === name);

/** The axes of a node without those named. */
export const without = (axes: readonly Axis[], names: readonly string[]): Axis[] => axes.filter((a) => !names.includes(a.name));

/** The names of axes, in order. */
export const namesOf = (axes: readonly Axis[]): string[] => axes.map((a) => a.name);
