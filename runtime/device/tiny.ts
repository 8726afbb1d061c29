/** A whole training step of a tiny transformer as one program: what engines are compared on. Built of the kernels' own words. */
import * as k from "../../kernels/index.ts";

const { axis, input } = k;
const [b, t, v, d, h, e, f] = [
  axis("b", "b"),
  axis("t", "t"),
  axis("v", 40),
  axis("d", 32),
  axis("h", 4),
  axis("e", 8),
  axis("f", 64),
];

/** The sizes that the tiny step is tried with. */
export const tinyBinding = { b: 3, t: 11 } as const;

const weights: Record<string, k.Axis[]> = {
  table: [v, d],
  "0.scale": [d],
  "0.wq": [d, h, e],
  "0.wk": [d, h, e],
  "0.wv": [d, h, e],
  "0.wo": [h, e, axis("o", 32)],
  "0.up": [d, f],
  "0.gate": [d, f],
  "0.down": [f, axis("o", 32)],
  "0.bias": [axis("o", 32)],
  scale: [d],
};

function forward(w: Record<string, k.Node>, tokens: k.Node): k.Node {
  let x = k.gather(w.table!, tokens, "v");
  const y = k.mul(k.rmsNorm(x, ["d"]), w["0.scale"]!);
  const past = k.rename(y, { t: "s" });
  const scores = k.mul(k.contract(k.contract(y, w["0.wq"]!, ["d"]), k.contract(past, w["0.wk"]!, ["d"]), ["e"]), 8 ** -0.5);
  const seen = k.ge(k.iota(t), k.iota(axis("s", "t")));
  const look = k.contract(k.softmax(scores, ["s"], seen), k.contract(past, w["0.wv"]!, ["d"]), ["s"]);
  x = k.add(x, k.rename(k.contract(look, w["0.wo"]!, ["h", "e"]), { o: "d" }));
  const z = k.layerNorm(x, ["d"]);
  const hidden = k.mul(k.gelu(k.contract(z, w["0.gate"]!, ["d"])), k.contract(z, w["0.up"]!, ["d"]));
  x = k.add(x, k.rename(k.add(k.contract(hidden, w["0.down"]!, ["f"]), w["0.bias"]!), { o: "d" }));
  return k.logSoftmax(k.contract(k.mul(k.rmsNorm(x, ["d"]), w.scale!), w.table!, ["d"]), ["v"]);
}

/** Loss, gradient norm, and every weight and moment after one step of AdamW with the norm of all gradients clipped to 1. */
export function tinyStep(): k.Program {
  const w = Object.fromEntries(Object.entries(weights).map(([name, axes]) => [name, input(name, "weight", "f32", axes)]));
  const tokens = input("tokens", "data", "i32", [b, t]);
  const next = input("below40", "data", "i32", [b, t]);
  const rate = input("rate", "scalar", "f32", []);
  const loss = k.neg(k.mean(k.gather(forward(w, tokens), next, "v"), ["b", "t"]));
  const found = k.gradients(loss, Object.values(w)).map((g) => g!);
  const squares = found.map((g) => k.sum(k.mul(g, g), k.namesOf(g.axes)));
  const norm = k.sqrt(squares.reduce((a, s) => k.add(a, s)));
  const clip = k.minimum(k.div(1, norm), 1);
  const outputs = [k.output("loss", "loss", loss), k.output("norm", "metric", norm)];
  Object.entries(w).forEach(([name, value], i) => {
    const g = k.mul(found[i]!, clip);
    const m = k.add(k.mul(input(`m.${name}`, "state", "f32", value.axes), 0.9), k.mul(g, 0.1));
    const u = k.add(k.mul(k.abs(input(`v.${name}`, "state", "f32", value.axes)), 0.99), k.mul(k.mul(g, g), 0.01));
    const fresh = k.sub(k.mul(value, k.sub(1, k.mul(rate, 0.01))), k.mul(rate, k.div(m, k.add(k.sqrt(u), 1e-3))));
    const order = k.namesOf(value.axes);
    outputs.push(
      k.output(name, "weight", fresh, order),
      k.output(`m.${name}`, "state", m, order),
      k.output(`v.${name}`, "state", u, order),
    );
  });
  return k.program("tiny.step", outputs, [...Object.values(w), tokens, next, rate]);
}
