"""Values and gradients of every differentiable operation in PyTorch (float64), which `torch-ops.test.ts` holds ours to.

Run `python3 kernels/tests/torch-ops.py` after adding an operation; it rewrites torch-ops.json. A case is a name, the inputs
it takes from the pool, and what PyTorch makes of them; the gradient is that of the sum of the result times `weights`.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)


def drawn(axes, low=-2.0, high=2.0):
    sizes = {"b": 2, "s": 3, "t": 3, "d": 4, "h": 2, "g": 2, "r": 2, "v": 5, "c": 2}
    shape = [sizes[a] for a in axes.split()]
    return {"axes": axes, "data": (torch.rand(shape) * (high - low) + low).mul(1000).round().div(1000)}


def whole(axes, values):
    return {"axes": axes, "data": torch.tensor(values), "dtype": "i32"}


def truth(axes, values):
    return {"axes": axes, "data": torch.tensor(values, dtype=torch.bool), "dtype": "bool"}


pool = {
    "x": drawn("b s d"),
    "y": drawn("s d"),
    "near": drawn("b s d", 0.5, 3),
    "below": drawn("b s d", -0.9, 0.9),
    "table": drawn("v d"),
    "scores": drawn("b s v"),
    "few": drawn("b t"),
    "q": drawn("b t h d"),
    "k": drawn("b s h d"),
    "vals": drawn("b s h d"),
    "qg": drawn("b t g r d"),
    "kg": drawn("b s g d"),
    "bias": drawn("h t s"),
    "weights": drawn("d v"),
    "cache": drawn("b v d"),
    "scale": drawn("d c", 0.1, 2),
    "ids": whole("b t", [[4, 0, 2], [2, 2, 1]]),
    "labels": whole("b s", [[4, 0, 2], [2, 2, 1]]),
    "codes": {**whole("d v", [[-8, 7, 0, 3], [1, -1, 2, 5], [4, 4, -3, -2], [6, 0, 1, -7]]), "axes": "d e"},
    "at": whole("", 1),
    "each": whole("b", [3, 0]),
    "place": whole("s", [0, 5, 9]),
    "present": truth("b s", [[True, True, False], [False, False, False]]),
    "counted": truth("b s", [[True, False, True], [True, True, True]]),
    "segment": truth("b t s", [[[True, False, False], [True, True, False], [False, False, True]], [[True, False, False], [False, True, False], [False, True, True]]]),
}

causal = torch.ones(3, 3).tril().bool()
window = causal & ~torch.ones(3, 3).tril(-2).bool()


def look(scores, mask=None):
    """Softmax over the last axis among what is present; a row where nothing is present is 0."""
    if mask is None:
        return scores.softmax(-1)
    return torch.where(mask, scores.masked_fill(~mask, -1e30).softmax(-1), torch.zeros(()))


def attend(q, k, v, scale=0.5, bias=0, mask=None):
    scores = torch.einsum("bthd,bshd->bhts", q, k) * scale + bias
    return torch.einsum("bhts,bshd->bthd", look(scores, mask), v)


def grouped(q, k, v):
    scores = torch.einsum("btgrd,bsgd->bgrts", q, k) * 0.5
    return torch.einsum("bgrts,bsgd->btgrd", look(scores, causal), v)


def turned(x, place, base=10_000.0):
    half = x.shape[-1] // 2
    angle = place[:, None] * base ** (-torch.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def rms(x, axes, eps=1e-6):
    return x / (x.pow(2).mean(axes, keepdim=True) + eps).sqrt()


def estimated(r, v, gamma=0.99, lam=0.95):
    out, last = [], 0.0
    for t in reversed(range(v.shape[1])):
        following = v[:, t + 1] if t + 1 < v.shape[1] else 0.0
        last = r[:, t] + gamma * following - v[:, t] + gamma * lam * last
        out.append(last)
    return torch.stack(out[::-1], 1)


def holding(cache, value, start):
    out = cache.clone()
    for b in range(2):
        for i in range(value.shape[1]):
            if start[b] + i < 5:
                out[b, start[b] + i] = value[b, i]
    return out


def hadamard(n):
    h = torch.ones(1, 1)
    while h.shape[0] < n:
        h = torch.cat([torch.cat([h, h], 1), torch.cat([h, -h], 1)], 0)
    return h / math.sqrt(n)


one = ["x"]
cases = [
    *[(name, one, "b s d", f) for name, f in {
        "neg": torch.neg, "abs": torch.abs, "exp": torch.exp, "expm1": torch.expm1, "tanh": torch.tanh, "erf": torch.erf,
        "sin": torch.sin, "cos": torch.cos, "sigmoid": torch.sigmoid, "logSigmoid": F.logsigmoid, "softplus": F.softplus,
        "silu": F.silu, "gelu": F.gelu, "square by pow": lambda x: x**2, "softcap": lambda x: 1.5 * (x / 1.5).tanh(),
    }.items()],
    *[(name, ["near"], "b s d", f) for name, f in {
        "log": torch.log, "log1p": torch.log1p, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "safeLog": torch.log,
        "log1mExp": lambda x: torch.log(-torch.expm1(-x)),
    }.items()],
    ("acos", ["below"], "b s d", torch.acos),
    *[(name, ["x", "y"], "b s d", f) for name, f in {
        "add": torch.add, "sub": torch.sub, "mul": torch.mul, "maximum": torch.maximum, "minimum": torch.minimum,
        "logAddExp": torch.logaddexp,
        "select": lambda x, y: torch.where(x > 0, x * 2, y + x),
    }.items()],
    ("div", ["x", "near"], "b s d", torch.div),
    ("pow", ["near", "y"], "b s d", torch.pow),
    ("mod", ["x", "near"], "b s d", torch.remainder),
    ("sum", one, "b d", lambda x: x.sum(1)),
    ("mean", one, "s", lambda x: x.mean((0, 2))),
    ("mean of the counted", ["x", "counted"], "b d", lambda x, c: (x * c[..., None]).sum(1) / c.sum(1)[:, None]),
    ("reduceMax", one, "b d", lambda x: x.amax(1)),
    ("reduceMin", one, "b s", lambda x: x.amin(2)),
    ("logSumExp", one, "b s", lambda x: x.logsumexp(2)),
    ("softmax", one, "b s d", lambda x: x.softmax(1)),
    ("softmax of the present", ["x", "present"], "b d s", lambda x, p: look(x.transpose(1, 2), p[:, None, :])),
    ("softmax of huge numbers", one, "b s d", lambda x: (x * 1e4).softmax(2)),
    ("logSoftmax", one, "b s d", lambda x: x.log_softmax(2)),
    ("cumsum", one, "b s d", lambda x: x.cumsum(1)),
    ("cumsum from the end, without the own place", one, "b s d", lambda x: x.flip(1).cumsum(1).flip(1) - x),
    ("cumprod", one, "b s d", lambda x: x.cumprod(2)),
    ("cumprod with zeros", one, "b s d", lambda x: torch.where(x > 0.8, torch.zeros(()), x).cumprod(2)),
    ("rmsNorm", one, "b s d", lambda x: rms(x, (2,))),
    ("rmsNorm over two axes", one, "b s d", lambda x: rms(x, (1, 2))),
    ("layerNorm", one, "b s d", lambda x: F.layer_norm(x, (4,))),
    ("contract", ["x", "weights"], "b s v", lambda x, w: torch.einsum("bsd,dv->bsv", x, w)),
    ("contract of two", ["x", "y"], "b", lambda x, y: torch.einsum("bsd,sd->b", x, y)),
    ("gather rows", ["table", "ids"], "b t d", lambda w, i: w[i]),
    ("gather in a row", ["scores", "labels"], "b s", lambda s, i: s.gather(2, i[..., None])[..., 0]),
    ("scatterAdd", ["few", "ids"], "b v", lambda x, i: torch.zeros(2, 5).scatter_add(1, i, x)),
    ("topValues", one, "b s c", lambda x: x.topk(2, 2).values),
    ("concat", ["x", "near"], "b s d", lambda x, n: torch.cat([x, n], 1)),
    ("slice and pad", one, "b s d", lambda x: F.pad(x[:, 1:], (0, 0, 2, 1), value=3)),
    ("split and merge", one, "b f", lambda x: x.reshape(2, 3, 2, 2).permute(0, 2, 1, 3).reshape(2, 12)),
    ("expand and pick", one, "b c s d", lambda x: x[:, 2][:, None, None].expand(2, 2, 3, 4)),
    ("cross entropy", ["x", "weights", "labels"], "", lambda x, w, l: F.cross_entropy((x @ w).reshape(6, 5), l.reshape(6))),
    ("cross entropy of the counted", ["scores", "labels", "counted"], "",
     lambda s, l, c: F.cross_entropy(s.reshape(6, 5), torch.where(c, l, torch.tensor(-100)).reshape(6))),
    ("rotary", ["x", "place"], "b s d", turned),
    ("attention", ["q", "k", "vals"], "b t h d", attend),
    ("attention with a bias, to the past", ["q", "k", "vals", "bias"], "b t h d", lambda q, k, v, bias: attend(q, k, v, 0.5, bias, causal)),
    ("attention to what is near", ["q", "k", "vals"], "b t h d", lambda q, k, v: attend(q, k, v, 1, 0, window)),
    ("attention to the present, of which there may be none", ["q", "k", "vals", "present"], "b t h d",
     lambda q, k, v, p: attend(q, k, v, 0.5, 0, p[:, None, None, :])),
    ("attention within segments", ["q", "k", "vals", "segment"], "b t h d", lambda q, k, v, s: attend(q, k, v, 0.5, 0, s[:, None])),
    ("attention of grouped queries, to the past", ["qg", "kg", "kg"], "b t g r d", grouped),
    ("scoreLogSumExp", ["x", "table"], "b s", lambda x, w: (torch.einsum("bsd,vd->bsv", x, w) * 0.7).logsumexp(2)),
    ("cross entropy without its scores", ["x", "table", "labels"], "b s",
     lambda x, w, l: -torch.einsum("bsd,vd->bsv", x, w).log_softmax(2).gather(2, l[..., None])[..., 0]),
    ("put", ["cache", "x", "at"], "b v d", lambda c, x, at: holding(c, x, [at, at])),
    ("put at each row's place", ["cache", "x", "each"], "b v d", holding),
    ("dequantize", ["codes", "scale"], "d e", lambda q, s: (q.reshape(4, 2, 2) * s[..., None]).reshape(4, 4)),
    ("hadamard", one, "b s d", lambda x: x @ hadamard(4)),
    ("decayed", one, "b s d", lambda x: torch.stack([sum(0.9 ** (j - i) * x[:, j] for j in range(i, 3)) for i in range(3)], 1)),
    ("advantages", ["few", "few"], "b t", estimated),
    ("a gated layer", ["x", "weights"], "b s v", lambda x, w: F.gelu(rms(x, (2,)) @ w) * (x @ w)),
]


def numbers(t):
    return [float(f"{v:.9g}") for v in t.reshape(-1).tolist()] if t.is_floating_point() else [int(v) for v in t.reshape(-1).tolist()]


def run(name, inputs, axes, f):
    given = {n: pool[n]["data"].clone() for n in inputs}
    for t in given.values():
        if t.is_floating_point():
            t.requires_grad_(True)
    out = f(*[given[n] for n in inputs])
    weights = torch.tensor([((7 * i) % 11 - 5) / 5 for i in range(out.numel())]).reshape(out.shape)
    (out * weights).sum().backward()
    grads = {n: numbers(t.grad) for n, t in given.items() if t.requires_grad}
    return {"name": name, "inputs": list(given), "axes": axes, "value": numbers(out.detach()), "gradients": grads}


result = {
    "torch": torch.__version__.split("+")[0],
    "pool": {n: {"axes": p["axes"], "shape": list(p["data"].shape), "dtype": p.get("dtype", "f32"), "values": numbers(p["data"])} for n, p in pool.items()},
    "cases": [run(*c) for c in cases],
}
lines = ["{", f'"torch": {json.dumps(result["torch"])},', '"pool": {']
lines.append(",\n".join(f"{json.dumps(n)}: {json.dumps(p)}" for n, p in result["pool"].items()))
lines += ["},", '"cases": [', ",\n".join(json.dumps(c) for c in result["cases"]), "]", "}"]
path = pathlib.Path(__file__).with_suffix(".json")
path.with_suffix(".tmp").write_text("\n".join(lines) + "\n")
path.with_suffix(".tmp").rename(path)
