"""
The sampling of bench/sampling.ts in PyTorch: every prompt is read once, its caches are repeated for its answers, all answers are written in one batch into
caches that are allocated once, and answers that have ended leave the batch when a quarter of it has (as ours do). Weights, prompts and lengths come from
a folder that bench/sampling.ts writes. Reads lines `run N` and answers with seconds and tokens as JSON.
"""
import json
import math
import resource
import sys
import time

import numpy
import torch
import torch.nn.functional as F

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
plan = json.load(open(f"{folder}/plan.json"))
weights = {w["path"]: torch.from_numpy(numpy.fromfile(f"{folder}/{i}.bin", numpy.float32)).reshape(w["shape"]) for i, w in enumerate(plan["weights"])}
prompts, answers, most, begin = plan["prompts"], plan["answers"], plan["most"], plan["begin"]
lengths = torch.tensor(plan["lengths"])
translator = "read" in weights
table = weights["table"]
width, heads = table.shape[1], 8
size = width // heads


def norm(path, x):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * weights[f"{path}.scale"]


def split(path, x):
    return (x @ weights[path].reshape(width, -1)).view(x.shape[0], x.shape[1], heads, size).transpose(1, 2)


def joined(path, look):
    return look.transpose(1, 2).reshape(look.shape[0], -1, width) @ weights[path].reshape(-1, width)


def attended(q, k, v, hidden):
    return F.softmax(torch.baddbmm(*flat(hidden, q, k), alpha=1 / math.sqrt(size)).view(*q.shape[:3], -1), -1) @ v


def flat(hidden, q, k):
    shape = (*q.shape[:3], k.shape[2])
    return hidden.expand(shape).reshape(-1, *shape[2:]), q.reshape(-1, *q.shape[2:]), k.reshape(-1, *k.shape[2:]).transpose(1, 2)


def rotated(x, at):
    f = torch.arange(size // 2)
    angle = (at[..., None] * 10_000.0 ** (-f / (size // 2)))[:, None]
    a, b = x[..., : size // 2], x[..., size // 2 :]
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


class Caches:
    """Keys and values of every layer, with room for all tokens; rows may be chosen anew."""

    def __init__(self, layers, rows, room):
        self.k, self.v = ([torch.zeros(rows, heads, room, size) for _ in range(layers)] for _ in "kv")

    def choose(self, rows):
        self.k, self.v = ([x[rows] for x in xs] for xs in (self.k, self.v))


class Decoder:
    """A Llama: prompts are read once, padded on the right; every row has its own place."""

    layers = len({n.split(".")[1] for n in weights if n.startswith("decoder_layer.")})

    def begun(self, sources):
        texts = [[begin, *p] for p in sources]
        longest = max(map(len, texts))
        self.at = torch.tensor([len(t) for t in texts])
        self.caches = Caches(self.layers, len(texts), longest + most)
        tokens = torch.tensor([t + [0] * (longest - len(t)) for t in texts])
        y = self.forward(tokens, torch.arange(longest).expand(len(texts), -1))
        return F.log_softmax(norm("norm", y[torch.arange(len(texts)), self.at - 1]) @ table.T, -1)

    def choose(self, rows):
        self.at = self.at[rows]
        self.caches.choose(rows)

    def next(self, tokens):
        y = self.forward(tokens[:, None], self.at[:, None])
        self.at = self.at + 1
        return F.log_softmax(norm("norm", y[:, 0]) @ table.T, -1)

    def forward(self, tokens, at):
        x, rows, reach = table[tokens], torch.arange(len(tokens)), int(at.max()) + 1
        hidden = torch.zeros(len(tokens), 1, at.shape[1], reach).masked_fill(torch.arange(reach)[None, None, None] > at[:, None, :, None], -1e30)
        for i in range(self.layers):
            p = f"decoder_layer.{i + 1}"
            a = f"{p}.self_attention"
            y = norm(f"{p}.norm", x)
            k, v = self.caches.k[i], self.caches.v[i]
            k[rows[:, None], :, at] = rotated(split(f"{a}.wk", y), at).transpose(1, 2)
            v[rows[:, None], :, at] = split(f"{a}.wv", y).transpose(1, 2)
            x = x + joined(f"{a}.wo", attended(rotated(split(f"{a}.wq", y), at), k[:, :, :reach], v[:, :, :reach], hidden))
            y, g = norm(f"{p}.norm.2", x), f"{p}.swiglu"
            x = x + (F.silu(y @ weights[f"{g}.gate"]) * (y @ weights[f"{g}.up"])) @ weights[f"{g}.down"]
        return x


class Translator:
    """An encoder-decoder: sources are read once, with the keys and values that every layer of the decoder looks at."""

    layers = [len({n.split(".")[1] for n in weights if n.startswith(f"{w}.")}) for w in ("reading", "writing")]

    def begun(self, sources):
        longest = max(map(len, sources))
        tokens = torch.tensor([s + [0] * (longest - len(s)) for s in sources])
        self.absent = torch.zeros(len(sources), 1, 1, longest).masked_fill((torch.arange(longest) >= torch.tensor([len(s) for s in sources])[:, None])[:, None, None], -1e30)
        x = table[tokens] + weights["read"][:longest]
        for i in range(self.layers[0]):
            p = f"reading.{i + 1}"
            a, y = f"{p}.attention", norm(f"{p}.rms_norm", x)
            x = x + joined(f"{a}.wo", attended(split(f"{a}.wq", y), split(f"{a}.wk", y), split(f"{a}.wv", y), self.absent))
            x = x + self.gated(f"{p}.gated", norm(f"{p}.rms_norm.2", x))
        memory = norm("rms_norm", x)
        self.there = [[split(f"writing.{i + 1}.attention.2.{n}", memory) for n in ("wk", "wv")] for i in range(self.layers[1])]
        self.caches, self.at = Caches(self.layers[1], len(sources), most), 0
        return self.next(torch.full((len(sources),), begin))

    def gated(self, p, x):
        first, second, last = (weights[f"{p}.linear{n}.w"] for n in (".2", ".3", ""))
        return (F.gelu(x @ first) * (x @ second)) @ last

    def choose(self, rows):
        self.caches.choose(rows)
        self.absent = self.absent[rows]
        self.there = [[x[rows] for x in pair] for pair in self.there]

    def next(self, tokens):
        y, t = table[tokens][:, None] + weights["write"][self.at], self.at
        seen = torch.zeros(1, 1, 1, 1)
        for i in range(self.layers[1]):
            p = f"writing.{i + 1}"
            a, z = f"{p}.attention", norm(f"{p}.rms_norm", y)
            k, v = self.caches.k[i], self.caches.v[i]
            k[:, :, t], v[:, :, t] = split(f"{a}.wk", z)[:, :, 0], split(f"{a}.wv", z)[:, :, 0]
            y = y + joined(f"{a}.wo", attended(split(f"{a}.wq", z), k[:, :, : t + 1], v[:, :, : t + 1], seen))
            z = norm(f"{p}.rms_norm.2", y)
            y = y + joined(f"{a}.2.wo", attended(split(f"{a}.2.wq", z), *self.there[i], self.absent))
            y = y + self.gated(f"{p}.gated", norm(f"{p}.rms_norm.3", y))
        self.at += 1
        return F.log_softmax(norm("rms_norm.2", y[:, 0]) @ table.T, -1)


@torch.no_grad()
def written():
    model = (Translator if translator else Decoder)()
    logp = model.begun(prompts)
    places = torch.arange(len(prompts)).repeat_interleave(answers)
    model.choose(places)
    logp, rows = logp[places], torch.arange(len(places))
    tokens, scores = torch.zeros(len(places), most, dtype=torch.long), torch.zeros(len(places), most)
    count, open_ = 0, torch.ones(len(places), dtype=torch.bool)
    for step in range(most):
        ids = torch.multinomial(logp.exp(), 1)
        tokens[rows, step], scores[rows, step] = ids[:, 0], logp.gather(1, ids)[:, 0]
        count += int(open_.sum())
        open_ = lengths[rows] > step + 1
        left = int(open_.sum())
        if left == 0:
            break
        if left <= 0.75 * len(rows):
            model.choose(open_.nonzero()[:, 0])
            rows, ids, open_ = rows[open_], ids[open_], open_[open_]
        logp = model.next(ids[:, 0])
    return count


@torch.no_grad()
def likeliest():
    model = (Translator if translator else Decoder)()
    logp, found = model.begun(prompts), []
    for _ in range(8):
        found.append(logp.argmax(-1))
        logp = model.next(found[-1])
    return torch.stack(found, 1).tolist()


print(json.dumps({}), flush=True)
for line in sys.stdin:
    before, started = time.process_time(), time.perf_counter()
    count = sum(written() for _ in range(int(line.split()[1])))
    seconds, work = time.perf_counter() - started, time.process_time() - before
    first = likeliest()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "work": work, "tokens": count, "first": first, "memory": memory}), flush=True)
