// The trace of one program: weights by path, texts with their presence, and models applied to them by walking their bodies.
//
// Unless rows hold several examples (packed.ts), positions count from 0 in every row and a text is one segment. Knows objectives
// only through the texts that they apply models to.
import { lineStarts, positionAt, type Span } from "../../grammar/index.ts";
import * as k from "../../kernels/index.ts";
import { type Axis, axis, keyOf, modelFrames } from "../math/axis.ts";
import { configure, isInput, resultOf } from "../math/instance.ts";
import { nodeOf, numberNode } from "../math/nodes.ts";
import { pick } from "../math/prob.ts";
import { batch } from "../math/rows.ts";
import type { World } from "../math/scope.ts";
import { multiply, symbol } from "../math/size.ts";
import { type Applied, type Init, type Trace, toKernel } from "../math/trace.ts";
import { type ModelValue, type Tensor, type TextValue, tensor } from "../math/value.ts";
import type { Face, Feed, Layout, PackedText } from "./feeds.ts";
import type { Placed } from "./instance.ts";
import { type Packed, Places, packedText, packs } from "./packed.ts";

/** A weight of a program, as the manifest tells it. */
export interface TracedWeight {
  readonly path: string;
  readonly axes: readonly { readonly name: string; readonly size: number }[];
  readonly init: Init;
}

/** Settings of one trace. */
export interface TraceOptions {
  /** Models by the name that applies them. */
  readonly models: ReadonlyMap<string, Placed>;
  /** The text along which decoding goes, if a step is to be derived. */
  readonly decoded?: string;
  /** The text of each file, for origins. */
  readonly text: (file: string) => string | undefined;
  /** In a training step dropout draws; elsewhere nothing is dropped. */
  readonly training?: boolean;
  /** Texts lie several in a row (`fit(pack: true)`). */
  readonly packed?: boolean;
  /** A merge: the scalar `tensor` (u32) says which one of the tensors is at hand. */
  readonly tensor?: boolean;
}

/** A text of the batch as a model reads it: tokens along an axis of their own, rows along one axis. */
interface Laid {
  readonly axis: Axis;
  readonly rows: Axis;
  readonly ids: k.Node;
  readonly input: k.Node;
  /** In a text that begins with what is given: the places at which the scored tokens are told, and their axis. */
  readonly told?: { readonly places: k.Node; readonly axis: Axis };
}

/** The trace of one program; `world` is set to the world that walks with it. */
export class Tracer implements Trace {
  readonly weights = new Map<string, TracedWeight>();
  readonly feeds: Record<string, Feed> = {};
  private readonly options: TraceOptions;
  private readonly presences = new Map<string, k.Node>();
  private readonly lines = new Map<string, number[]>();
  private readonly inputs = new Map<string, k.Node>();
  /** By text, which of its tokens a row keeps for the loss. */
  private readonly kept = new Map<string, k.Node>();
  private readonly sources = new Map<string, string>();
  private readonly joins = new Map<string, string>();
  /** By text, how many of its places are given, and the number of the part that each place belongs to; where neither is, all is given. */
  private readonly shares = new Map<
    string,
    { readonly given?: () => k.Node; readonly part?: () => k.Node; readonly none?: true }
  >();
  private current: Placed | undefined;
  /** Paths of the walk that is under way: within one body each is declared once. */
  private readonly walked = new Set<string>();
  private draws = 0;
  /** By text, what is known of its places where rows hold several. */
  private readonly packs = new Map<string, Places>();
  /** Why texts cannot be packed, where they cannot. */
  unpackable: string | undefined;
  /** The line of the architecture that is about to read its texts. */
  private reading: readonly string[] = [];
  world!: World;

  constructor(options: TraceOptions) {
    this.options = options;
  }

  weight(path: string, axes: readonly k.Axis[], init: Init): k.Node {
    const full = (this.current?.prefix ?? "") + path;
    if (this.walked.has(full)) throw new Error(`two weights are named ${full}`);
    this.walked.add(full);
    this.weights.set(full, { path: full, axes: axes.map((a) => ({ name: a.name, size: Number(a.size) })), init });
    // Weights and data come from no line: one input is one node, wherever it is read.
    const node = k.at([], () => k.input(full, "weight", "f32", axes));
    return this.current && !this.current.trained ? k.stop(node) : node;
  }

  /** Axes of texts in which only the places of an answer are read. */
  get joinedTexts(): string[] {
    return [...this.joins.values()];
  }

  present(a: Axis, among?: readonly Axis[]): k.Node | undefined {
    const places = this.placesOf(a);
    if (places) return this.together(a, places, among);
    // Numbers told per token may be reduced before any model has read their text.
    if (a.text && a.outer && !this.presences.has(a.text.id)) this.exist(a.text, a.outer);
    const node = a.text && this.presences.get(a.text.id);
    return node && k.rename(node, { [a.text!.id]: keyOf(a) });
  }

  private placesOf(a: Axis): Places | undefined {
    return a.text && this.packs.get(a.text.id);
  }

  /** The places of a packed text that exist for the places of another axis of the same rows: those of the same example. */
  private together(a: Axis, places: Places, among: readonly Axis[] | undefined): k.Node {
    if (!among) return places.present(a);
    const others = among.filter((b) => keyOf(b) !== keyOf(a) && this.placesOf(b));
    if (others.length === 0)
      this.unpackable ??= `a layer of ${this.current?.instance.architecture.name.text} reads a text as a whole`;
    const same = others.map((b) => k.eq(this.placesOf(b)!.segment(b), places.segment(a)));
    return same.reduce((all, one) => k.and(all, one), places.present(a));
  }

  position(a: Axis): k.Node {
    return this.placesOf(a)?.position(a) ?? k.iota(toKernel(a));
  }

  segment(a: Axis): k.Node | undefined {
    return this.placesOf(a)?.segment(a);
  }

  starts(a: Axis): k.Node | undefined {
    return this.placesOf(a)?.starts(a);
  }

  given(a: Axis): k.Node {
    const places = this.placesOf(a);
    if (places) return places.given(a);
    const share = a.text && this.shares.get(a.text.id);
    if (share?.given) return k.lt(k.iota(toKernel(a)), share.given());
    return k.constant(share?.none ? 0 : 1, "bool");
  }

  part(a: Axis): k.Node {
    const places = this.placesOf(a);
    if (places) return places.part(a);
    const share = a.text && this.shares.get(a.text.id);
    if (share?.part) return k.rename(share.part(), { [a.text!.id]: keyOf(a) });
    return share?.given ? k.cast(k.not(this.given(a)), "i32") : k.constant(0, "i32");
  }

  decoded(a: Axis): boolean {
    return a.text !== undefined && a.text.id === this.options.decoded;
  }

  dropout(axes: readonly Axis[], rate: number): k.Node | undefined {
    if (!this.options.training || !this.current?.trained) return undefined;
    const room = axes.map(toKernel);
    const rows = room.find((a) => a.name === keyOf(batch) || a.name === "rows" || a.name === keyOf(packs));
    const row = rows ? k.cast(k.iota(rows), "u32") : k.constant(0, "u32");
    const seed = k.input("seed", "scalar", "u32", []);
    const step = k.cast(k.input("step", "scalar", "f32", []), "u32");
    const drawn = k.uniform(room, { seed, step, row, place: ++this.draws });
    return k.select(k.ge(drawn, rate), 1 / (1 - rate), 0);
  }

  drawn(axes: readonly Axis[], seed: k.Node): k.Node {
    // A merge runs tensor by tensor: each draws for itself.
    const step = this.options.tensor ? k.at([], () => k.input("tensor", "scalar", "u32", [])) : k.constant(0, "u32");
    const row = k.constant(0, "u32");
    return k.uniform(axes.map(toKernel), { seed: k.cast(seed, "u32"), step, row, place: ++this.draws });
  }

  line(span: Span): string {
    let starts = this.lines.get(span.file);
    if (!starts) {
      starts = lineStarts(this.options.text(span.file) ?? "");
      this.lines.set(span.file, starts);
    }
    return `${span.file}:${positionAt(starts, span.start).line}`;
  }

  /** An input that a row fills; it comes from the line that first asks for it, and is one node wherever it is read. */
  private data(name: string, dtype: k.DType, axes: readonly Axis[], feed: Feed, from: readonly string[]): k.Node {
    this.feeds[name] = feed;
    const made = this.inputs.get(name) ?? k.at(from, () => k.input(name, "data", dtype, axes.map(toKernel)));
    this.inputs.set(name, made);
    return made;
  }

  /** A field of the row that holds numbers, cases of an enumeration, or a number per token of a text. */
  field(name: string, value: Tensor, cases: Placed["instance"]["over"]): k.Node {
    const token = value.axes.find((a) => a.name === "token");
    const own = value.axes.map((a) => (a.name === "token" ? axis(token!.text!.name, { size: a.size }) : a));
    const dtype = value.elem === "int" ? "i32" : "f32";
    const feed: Feed = token
      ? { kind: "numbers", field: name, of: token.text!.name }
      : value.cases
        ? { kind: "case", field: name, cases: value.cases.cases.length > 0 ? value.cases.cases : (cases?.cases ?? []) }
        : { kind: "number", field: name };
    const node = this.data(name, dtype, own, feed, []);
    const read = token ? k.rename(node, { [token.text!.name]: "token" }) : node;
    // `keep: [token(answer)] of Bool` narrows which tokens exist for the loss; the model still reads them all.
    if (name === "keep" && token && value.elem === "bool") this.kept.set(token.text!.name, k.gt(node, 0));
    return value.elem === "bool" ? k.gt(read, 0) : read;
  }

  apply(model: ModelValue, scored: readonly TextValue[], given: readonly TextValue[], _span: Span): Applied {
    const placed = this.options.models.get(model.name);
    if (!placed) throw new Error(`no model is placed as ${model.name}`);
    this.reading = [this.line(placed.instance.architecture.span)];
    const groups = scored[0]!.axes.filter((a) => a.name !== "batch");
    const inputs = placed.instance.architecture.params.filter(isInput);
    if (this.options.packed) {
      if (groups.length > 0) this.unpackable ??= "answers of a group share their prompt";
      else if (speaks(model.head) || model.head === "MaskedModel")
        return k.at(this.reading, () => this.applyPacked(model, placed, scored[0]!, given));
      else this.unpackable ??= `${model.name} reads a text as a whole`;
    }
    if (speaks(model.head) && inputs.length === 1) {
      const laid = this.joined(scored[0]!, given, groups);
      return k.at(this.reading, () => this.read(model, this.walk(placed, [laid]), laid, groups));
    }
    const target = model.head === "MaskedModel" ? this.filled(scored[0]!, given[0]!, groups) : undefined;
    const texts = target ? [target] : this.texts(placed, model, scored, given);
    // Two applications to one text make the same nodes, whichever line of an objective asks for them.
    return k.at(this.reading, () => this.read(model, this.walk(placed, texts), target ?? texts[1], groups));
  }

  /** A model that tells tokens, applied to rows that hold several examples; what it tells comes back example by example. */
  private applyPacked(model: ModelValue, placed: Placed, text: TextValue, given: readonly TextValue[]): Applied {
    const field = text.text.name;
    const fields = given.map((t) => t.text.name);
    const target = this.target(text, []);
    const masked = model.head === "MaskedModel";
    const alone = placed.instance.architecture.params.filter(isInput).length === 1;
    const told = masked
      ? this.pack(`packed.${field}.${fields[0]}`, { kind: "filled", field, from: fields[0]! })
      : alone
        ? this.pack(`packed.${[...fields, field].join(".")}`, { kind: "joined", given: fields, field })
        : this.pack(`packed.${field}`, { kind: "target", field });
    const source = masked || alone ? [] : [this.pack(`packed.${fields.join(".")}`, { kind: "source", given: fields })];
    const laid = [...source, told].map((one) => ({ axis: one.axis, rows: packs, ids: target.ids, input: one.face("input") }));
    const result = this.walk(placed, laid);
    const tokens = target.axis;
    const name = { [keyOf(tokens)]: "token" };
    // In one text with what is given, the first word is told at the last place of that.
    const first =
      alone && !masked
        ? this.data(
            `${told.axis.name}.first`,
            "i32",
            text.axes,
            { kind: "joined", given: fields, field, as: "given" },
            this.reading,
          )
        : undefined;
    const back = (node: k.Node): k.Node => told.back(node, tokens, first);
    if (model.head === "TokenScorer") return { value: k.rename(back(numberNode(result)), name) };
    const vocab = keyOf(result.axes.find((a) => a.name === "vocab")!);
    const next = back(nodeOf(result));
    const own = first ? k.gather(next, target.ids, vocab) : back(pick(result, vocab, told.face("ids")));
    return { tokens: k.rename(own, name), next: k.rename(next, { ...name, [vocab]: "vocab" }) };
  }

  private pack(name: string, text: PackedText): Packed {
    const made = packedText(name, text, batch, (input, dtype, axes, feed) => this.data(input, dtype, axes, feed, this.reading));
    this.packs.set(name, new Places(made));
    return made;
  }

  /** The texts of an architecture that does not read one as what is given and told. */
  private texts({ instance }: Placed, { head }: ModelValue, scored: readonly TextValue[], given: readonly TextValue[]): Laid[] {
    const groups = scored[0]!.axes.filter((a) => a.name !== "batch");
    const { params, result } = instance.architecture;
    if (speaks(head)) {
      const target = this.target(scored[0]!, groups);
      return [this.source({ given, groups, rows: target.rows }), target];
    }
    const writes = result.kind === "NamedType" && speaks(result.name.text);
    if (params.filter(isInput).length === 1) return [this.source({ given, scored, groups, laid: writes ? "begun" : "parts" })];
    // A judge with an encoder reads there what is given, and what it judges where it would write.
    const [read, judged] = given.length > 0 ? [given, scored] : [scored, []];
    return [this.source({ given: read, groups }), this.source({ given: [], scored: judged, groups, laid: "begun" })];
  }

  /** The body of an architecture on texts: its inputs bind their axes, and its result keeps them. */
  private walk(placed: Placed, texts: readonly Laid[]): Tensor {
    const { world } = this;
    const [outer, frames] = [this.current, world.frames];
    this.current = placed;
    world.frames = modelFrames;
    this.walked.clear();
    const { decl, architecture, vocab } = placed.instance;
    const scope = configure(world, decl, architecture, { vocab });
    architecture.params.filter(isInput).forEach((param, i) => {
      const laid = texts[i]!;
      const names =
        param.type?.kind === "TensorType" ? param.type.axes.flatMap((a) => (a.kind === "Axis" ? [a.name.text] : [])) : [];
      scope.axes.set(names[0]!, laid.rows);
      scope.axes.set(names[1]!, laid.axis);
      scope.values.set(param.name.text, tensor("token", [laid.rows, laid.axis], { node: laid.input }));
    });
    const value = resultOf(scope, architecture);
    this.current = outer;
    world.frames = frames;
    if (value.kind !== "tensor") throw new Error(`${architecture.name.text} has no result`);
    return value;
  }

  /** The scored text of a language model: what stands before each token, the tokens themselves, and which exist. */
  private target(text: TextValue, groups: readonly Axis[]): Laid {
    const name = text.text.name;
    const tokens = targetAxis(name);
    const face = (as: Face) => this.targetFace(name, text.axes, as);
    const rows = rowsOf(groups);
    if (this.options.decoded !== name) this.presences.set(name, toRows(this.exist(text.text, text.axes), groups));
    this.shares.set(name, { none: true });
    return { axis: tokens, rows, ids: toRows(face("ids"), groups), input: toRows(face("input"), groups) };
  }

  private targetFace(name: string, outer: readonly Axis[], as: Face): k.Node {
    return this.face(`${name}.${as}`, outer, targetAxis(name), { kind: "target", field: name, as });
  }

  /** Which tokens of a scored text exist, remembered with those of them that the loss keeps. */
  private exist({ id, name }: NonNullable<Axis["text"]>, outer: readonly Axis[]): k.Node {
    const present = k.gt(this.targetFace(name, outer, "present"), 0);
    const keep = this.kept.get(name);
    this.presences.set(id, k.rename(keep ? k.and(present, keep) : present, { [name]: id }));
    return present;
  }

  /** What is given and the scored text after it as one text: what a decoder without an encoder reads. */
  private joined(text: TextValue, given: readonly TextValue[], groups: readonly Axis[]): Laid {
    const field = text.text.name;
    const fields = given.map((t) => t.text.name);
    const key = [...fields, field].join(" ");
    const name = this.joins.get(key) ?? (this.joins.size === 0 ? "text" : `text.${this.joins.size + 1}`);
    this.joins.set(key, name);
    const tokens = axis(name, { size: symbol(name), text: { id: name, name } });
    const face = (as: "input" | "present" | "given") => {
      const feed = { kind: "joined", given: fields, field, as } as const;
      const axes = as === "given" ? text.axes : [...text.axes, tokens];
      return toRows(this.data(`${name}.${as}`, as === "present" ? "f32" : "i32", axes, feed, this.reading), groups);
    };
    const rows = rowsOf(groups);
    if (this.options.decoded !== undefined) {
      this.shares.set(name, { given: () => k.add(face("given"), 1) });
      return { axis: tokens, rows, ids: face("input"), input: face("input") };
    }
    this.presences.set(name, k.gt(face("present"), 0));
    this.shares.set(name, { given: () => k.add(face("given"), 1) });
    const target = this.target(text, groups);
    // Places of absent tokens lie in the text, too: what is read there is not used.
    const last = k.sub(k.sizeOf(toKernel(tokens).size, "i32"), 1);
    const places = k.minimum(k.add(face("given"), k.iota(toKernel(target.axis))), last);
    return { axis: tokens, rows, ids: target.ids, input: face("input"), told: { places, axis: target.axis } };
  }

  /** A text whose words are told at the places of another, as long as it is, in which some of them are hidden. */
  private filled(text: TextValue, given: TextValue, groups: readonly Axis[]): Laid {
    const target = this.target(text, groups);
    const feed: Feed = { kind: "numbers", field: given.text.name, of: text.text.name };
    const shown = this.data(`${text.text.name}.${given.text.name}`, "i32", [...text.axes, target.axis], feed, this.reading);
    return { ...target, input: toRows(shown, groups) };
  }

  /** What a model reads: the same fields are one text, read once. Of a group, what is judged has samples, and what is given alone has none. */
  private source(what: {
    readonly given: readonly TextValue[];
    readonly scored?: readonly TextValue[];
    readonly groups: readonly Axis[];
    readonly rows?: Axis;
    readonly laid?: Layout;
  }): Laid {
    const { given, scored = [], groups, rows = rowsOf(groups), laid } = what;
    const fields = [...given, ...scored].map((t) => t.text.name);
    const key = [laid ?? "", ...fields].join(" ");
    const name = this.sources.get(key) ?? (this.sources.size === 0 ? "source" : `source.${this.sources.size + 1}`);
    this.sources.set(key, name);
    const id = groups.length > 0 ? `${name} of rows` : name;
    const tokens = axis(name, { size: symbol(name), text: { id, name } });
    const own = scored.length > 0 ? groups : [];
    const rest = groups.filter((g) => !own.includes(g)).map(toKernel);
    const face = (as: Face | "part" | "given") => {
      const feed: Feed = { kind: "source", given: fields, as, ...(laid && { laid }) };
      const axes = [batch, ...own, ...(as === "given" ? [] : [tokens])];
      const node = this.data(`${name}.${as}`, as === "present" ? "f32" : "i32", axes, feed, this.reading);
      return toRows(k.expand(node, rest), groups);
    };
    this.presences.set(id, k.rename(k.gt(face("present"), 0), { [name]: id }));
    this.shares.set(id, {
      part: () => k.rename(face("part"), { [name]: id }),
      ...(scored.length > 0 && given.length > 0 ? { given: () => face("given") } : {}),
      ...(given.length === 0 && laid === "begun" ? { none: true } : {}),
    });
    const ids = face("ids");
    return { axis: tokens, rows, ids, input: ids };
  }

  private face(name: string, outer: readonly Axis[], tokens: Axis, feed: Extract<Feed, { as: Face }>): k.Node {
    return this.data(name, feed.as === "present" ? "f32" : "i32", [...outer, tokens], feed, this.reading);
  }

  /** What the head gives, under the axes of the body that applied it. */
  private read(model: ModelValue, result: Tensor, target: Laid | undefined, groups: readonly Axis[]): Applied {
    const told = target?.told;
    // Of a text that begins with what is given, only the places at which scored tokens are told are read.
    const drawn = (n: k.Node) => (told ? k.gather(n, told.places, keyOf(target!.axis)) : n);
    const back = (n: k.Node, names: Record<string, string>) => k.rename(fromRows(n, groups), names);
    if (model.head === "TokenScorer" && target) {
      const token = this.options.decoded ? {} : { [keyOf(told?.axis ?? target.axis)]: "token" };
      const value = drawn(numberNode(result));
      // Of one text with what is given, only what exists of the answer says how long that is.
      const exists = told && this.presences.get(told.axis.name);
      return { value: back(exists ? k.select(exists, value, 0) : value, token) };
    }
    if ((model.head !== "LanguageModel" && model.head !== "MaskedModel") || !target) {
      const over = model.over
        ? { [keyOf(result.axes.at(-1)!)]: model.over.name }
        : model.head === "Embedder"
          ? { [keyOf(result.axes.at(-1)!)]: "e" }
          : {};
      return { value: back(numberNode(result), over) };
    }
    const vocab = keyOf(result.axes.find((a) => a.name === "vocab")!);
    // A step is derived along the text's own axis.
    const token = this.options.decoded ? {} : { [keyOf(told?.axis ?? target.axis)]: "token" };
    const next = drawn(nodeOf(result));
    return {
      tokens: back(told ? k.gather(next, target.ids, vocab) : pick(result, vocab, target.ids), token),
      next: back(next, { ...token, [vocab]: "vocab" }),
    };
  }
}

/** Whether a model scores a text token by token, so that it reads the text and what is given apart. */
export const speaks = (head: string): boolean => head === "LanguageModel" || head === "TokenScorer";

/** The tokens of a scored text, as a program has them. */
const targetAxis = (name: string): Axis => axis(name, { size: symbol(name), text: { id: name, name } });

/** The axis of rows: the batch, or every sample of every group of it. */
function rowsOf(groups: readonly Axis[]): Axis {
  if (groups.length === 0) return batch;
  return axis("rows", { size: groups.reduce((n, g) => multiply(n, g.size), batch.size) });
}

/** Batch and groups as one axis of rows. */
const toRows = (node: k.Node, groups: readonly Axis[]): k.Node =>
  groups.length === 0 ? node : k.merge(node, [keyOf(batch), ...groups.map(keyOf)], "rows");

/** Rows as batch and groups again. */
const fromRows = (node: k.Node, groups: readonly Axis[]): k.Node =>
  groups.length === 0 || !k.hasAxis(node, "rows") ? node : k.split(node, "rows", [toKernel(batch), ...groups.map(toKernel)]);
