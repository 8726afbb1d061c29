/**
 * An encoder-decoder with a copying head, built by hand: relative positions, gated GELU, RMS norms, a mix with the token
 * before. The model on which derived programs are proved and measured.
 */
import * as k from "../index.ts";

/** The sizes of a model. */
export interface Shape {
  readonly width: number;
  readonly heads: number;
  readonly encoder: number;
  readonly decoder: number;
  readonly vocabulary: number;
}

const { axis } = k;

class Model {
  readonly weights: k.Node[] = [];
  private readonly shape: Shape;
  private readonly d: k.Axis;
  private readonly head: readonly [k.Axis, k.Axis];

  constructor(shape: Shape) {
    this.shape = shape;
    this.d = axis("d", shape.width);
    this.head = [axis("h", shape.heads), axis("k", k.divide(shape.width, shape.heads)!)];
  }

  weight(path: string, ...axes: k.Axis[]): k.Node {
    const node = k.input(path, "weight", "f32", axes);
    this.weights.push(node);
    return node;
  }

  norm(path: string, x: k.Node): k.Node {
    return k.mul(k.rmsNorm(x, ["d"]), this.weight(`${path}.scale`, this.d));
  }

  private bias(path: string, from: k.Axis, to: k.Axis): k.Node {
    const table = this.weight(`${path}.table`, this.head[0], axis("r", 32));
    const far = k.sub(k.iota(to), k.iota(from));
    return k.gather(table, k.add(k.minimum(k.maximum(far, -15), 15), 15), "r");
  }

  private attention(path: string, x: k.Node, memory: k.Node, over: string, present: k.Node, bias?: k.Node): k.Node {
    const [h, key] = this.head;
    const [wq, wk, wv] = ["wq", "wk", "wv"].map((n) => this.weight(`${path}.${n}`, this.d, h, key)) as [k.Node, k.Node, k.Node];
    const scores = k.mul(
      k.contract(k.contract(x, wq, ["d"]), k.contract(memory, wk, ["d"]), ["k"]),
      1 / Math.sqrt(key.size as number),
    );
    const look = k.softmax(bias ? k.add(scores, bias) : scores, [over], present);
    const mixed = k.contract(look, k.contract(memory, wv, ["d"]), [over]);
    return k.rename(k.contract(mixed, this.weight(`${path}.wo`, h, key, axis("o", this.shape.width)), ["h", "k"]), { o: "d" });
  }

  private gated(path: string, x: k.Node): k.Node {
    const o = axis("o", 4 * this.shape.width);
    const [a, b] = ["wa", "wb"].map((n) => k.contract(x, this.weight(`${path}.${n}`, this.d, o), ["d"])) as [k.Node, k.Node];
    return k.contract(k.mul(k.gelu(a), b), this.weight(`${path}.wo`, o, this.d), ["o"]);
  }

  /** x with a share of the vector before it along an axis. */
  private mixed(path: string, x: k.Node, along: string): k.Node {
    const before = k.pad(k.dropLast(x, along, 1), along, 1, 0, 0);
    return k.add(x, k.mul(before, this.weight(`${path}.mix`, this.d)));
  }

  private encode(source: k.Node, present: k.Node, table: k.Node): k.Node {
    const [s, u] = [axis("s", "s"), axis("u", "s")];
    const seen = k.rename(present, { s: "u" });
    const bias = this.bias("encoder", s, u);
    let x = this.mixed("encoder", k.gather(table, source, "v"), "s");
    for (let i = 0; i < this.shape.encoder; i++) {
      const y = this.norm(`encoder.${i}.norm`, x);
      x = k.add(x, this.attention(`encoder.${i}.attention`, y, k.rename(y, { s: "u" }), "u", seen, bias));
      x = k.add(x, this.gated(`encoder.${i}.gated`, this.norm(`encoder.${i}.norm2`, x)));
    }
    return this.norm("encoder.norm", x);
  }

  private decode(target: k.Node, memory: k.Node, present: k.Node, follows: k.Node, table: k.Node): k.Node {
    const [t, w] = [axis("t", "t"), axis("w", "t")];
    const past = k.le(k.iota(w), k.iota(t));
    const bias = this.bias("decoder", t, w);
    const follow = k.mul(k.cast(follows, "f32"), this.weight("follow", this.head[0]));
    let y = this.mixed("decoder", k.gather(table, target, "v"), "t");
    for (let i = 0; i < this.shape.decoder; i++) {
      const z = this.norm(`decoder.${i}.norm`, y);
      y = k.add(y, this.attention(`decoder.${i}.attention`, z, k.cached(z, "t", "w"), "w", past, bias));
      y = k.add(y, this.attention(`decoder.${i}.cross`, this.norm(`decoder.${i}.norm2`, y), memory, "s", present, follow));
      y = k.add(y, this.gated(`decoder.${i}.gated`, this.norm(`decoder.${i}.norm3`, y)));
    }
    return this.norm("decoder.norm", y);
  }

  /** Log-probabilities of the next token [b, t, v]. */
  next(source: k.Node, present: k.Node, target: k.Node): k.Node {
    const v = axis("v", this.shape.vocabulary);
    const c = axis("c", 64);
    const table = this.weight("table", v, this.d);
    const memory = this.encode(source, present, table);
    const before = k.pad(k.dropLast(source, "s", 1), "s", 1, 0, 0);
    const follows = k.eq(before, target);
    const y = this.decode(target, memory, present, follows, table);
    const [wq, wk] = [this.weight("copy.wq", this.d, c), this.weight("copy.wk", this.d, c)];
    const scores = k.mul(k.contract(k.contract(y, wq, ["d"]), k.contract(memory, wk, ["d"]), ["c"]), 1 / 8);
    const look = k.softmax(k.add(scores, k.cast(follows, "f32")), ["s"], present);
    const gate = k.contract(y, this.weight("gate", this.d), ["d"]);
    const made = k.add(k.logSigmoid(k.neg(gate)), k.logSoftmax(k.contract(y, table, ["d"]), ["v"]));
    return k.logAddExp(made, k.add(k.logSigmoid(gate), k.safeLog(k.scatterAdd(look, source, ["s"], v))));
  }
}

const ids = (name: string, along: string, vocabulary: number): k.Node =>
  k.input(`below${vocabulary}.${name}`, "data", "i32", [axis("b", "b"), axis(along, along)]);

/** The whole forward pass: `next` [b, t, v] from source, its presence, and target. */
export function forward(shape: Shape): k.Program {
  const present = k.input("source.present", "data", "bool", [axis("b", "b"), axis("s", "s")]);
  const next = new Model(shape).next(ids("source", "s", shape.vocabulary), present, ids("target", "t", shape.vocabulary));
  return k.program("forward", [k.output("next", "value", next, ["b", "t", "v"])]);
}

/** Cross entropy of labels under the model, the mean over those present. */
export function crossEntropy(shape: Shape): k.Program {
  const p = forward(shape);
  const labels = ids("labels", "t", shape.vocabulary);
  const present = k.input("labels.present", "data", "bool", labels.axes);
  const loss = k.neg(k.mean(k.gather(p.outputs[0]!.node, labels, "v"), ["b", "t"], present));
  return k.program("loss", [k.output("loss", "loss", loss)], p.inputs);
}
