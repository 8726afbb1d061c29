"""
The steps of bench/objectives.ts in PyTorch eager: the same shapes, weights, texts and optimizer. Weights and texts come from a folder that
bench/objectives.ts writes. Reads lines `run N` and answers with the seconds of N steps and their losses as JSON, so that both take turns.
As trainers do, chosen and rejected answers go through a model in one batch, and a reference without a tape; logits are made where answers are told only.
"""
import json
import math
import resource
import sys
import time

import numpy
import torch
import torch.nn.functional as F

objective, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
ports = json.load(open(f"{folder}/ports.json"))
kinds = {"f32": numpy.float32, "i32": numpy.int32, "bool": numpy.uint8}
read = {p["name"]: torch.from_numpy(numpy.fromfile(f"{folder}/{i}.bin", kinds[p["dtype"]])).reshape(p["shape"]) for i, p in enumerate(ports)}
state = {p["name"] for p in ports if p["role"] == "state"}
trained = [p["name"] for p in ports if p["role"] == "weight" and f"m.{p['name']}" in state]
weights = {p["name"]: torch.nn.Parameter(read[p["name"]], requires_grad=p["name"] in trained) for p in ports if p["role"] == "weight"}
matrices = [weights[n] for n in trained if weights[n].dim() > 1]
vectors = [weights[n] for n in trained if weights[n].dim() == 1]
optimizer = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}], lr=float(read["rate"]), betas=(0.9, 0.98), eps=1e-9
)


def norm(path, x):
    return x * weights[f"{path}.scale"] * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


def turned(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def attention(path, x, hidden, cos, sin):
    wq, wk, wv, wo = (weights[f"{path}.{n}"] for n in ("wq", "wk", "wv", "wo"))
    rows, length, width = x.shape
    size = wq.shape[-1]
    split = lambda w: (x @ w.reshape(width, -1)).view(rows, length, -1, size).transpose(1, 2)
    look = F.softmax(turned(split(wq), cos, sin) @ turned(split(wk), cos, sin).transpose(2, 3) / math.sqrt(size) + hidden, -1)
    return (look @ split(wv)).transpose(1, 2).reshape(rows, length, -1) @ wo.reshape(-1, width)


def gated(path, x):
    return (F.silu(x @ weights[f"{path}.gate"]) * (x @ weights[f"{path}.up"])) @ weights[f"{path}.down"]


def states(prefix, text, present):
    """The last layer's states of a model on texts."""
    length = text.shape[1]
    size = weights[f"{prefix}decoder_layer.1.self_attention.wq"].shape[-1]
    angle = torch.arange(length)[:, None] * 10000 ** (-torch.arange(size // 2) / (size // 2))
    cos, sin = angle.cos(), angle.sin()
    seen = torch.ones(length, length).tril().bool() & (present[:, None, :] > 0)
    hidden = torch.zeros(seen.shape).masked_fill(~seen, -1e30)[:, None]
    y = weights[f"{prefix}table"][text]
    for i in range(1, sum(n.startswith(f"{prefix}decoder_layer.") and n.endswith(".wq") for n in weights) + 1):
        p = f"{prefix}decoder_layer.{i}"
        y = y + attention(f"{p}.self_attention", norm(f"{p}.norm", y), hidden, cos, sin)
        y = y + gated(f"{p}.swiglu", norm(f"{p}.norm.2", y))
    return norm(f"{prefix}norm", y)


def told(y, given, length):
    """The states at which each token of an answer is told."""
    return y[torch.arange(y.shape[0])[:, None], given[:, None] + torch.arange(length)]


def logp(prefix, text, present, given, ids):
    logits = told(states(prefix, text, present), given, ids.shape[1]) @ weights[f"{prefix}table"].T
    return F.log_softmax(logits, -1).gather(-1, ids[..., None])[..., 0]


def one(name="text"):
    return read[f"{name}.input"].long(), read[f"{name}.present"], read[f"{name}.given"].long()


def cross_entropy():
    there = read["answer.present"].bool()
    return -logp("", *one(), read["answer.ids"].long())[there].mean()


def dpo():
    both = [torch.cat(pair) for pair in zip(one(), one("text.2"))]
    ids = torch.cat([read["chosen.ids"], read["rejected.ids"]]).long()
    there = torch.cat([read["chosen.present"], read["rejected.present"]])
    now = (logp("", *both, ids) * there).sum(-1)
    with torch.no_grad():
        before = (logp("reference/", *both, ids) * there).sum(-1)
    gain = 0.1 * (now - before)
    chosen, rejected = gain.chunk(2)
    return -F.logsigmoid(chosen - rejected).mean()


def ppo():
    there = read["answer.present"]
    count = there.sum()
    old, anchor, values = (read[n] * there for n in ("old", "anchor", "values"))
    last = there * (torch.cat([there[:, 1:], torch.zeros(there.shape[0], 1)], 1) == 0)
    earned = last * read["reward"][:, None] - 0.05 * (old - anchor)
    following = torch.cat([values[:, 1:], torch.zeros(there.shape[0], 1)], 1)
    delta = (earned + following - values) * there
    advantage, carried = torch.zeros_like(delta), torch.zeros(delta.shape[0])
    for t in reversed(range(delta.shape[1])):
        carried = delta[:, t] + 0.95 * carried
        advantage[:, t] = carried
    goal = advantage + values
    mean = (advantage * there).sum() / count
    variance = (((advantage - mean) ** 2) * there).sum() / count
    white = (advantage - mean) / torch.sqrt(variance + 1e-8)
    ratio = (logp("", *one(), read["answer.ids"].long()) - old).exp()
    gain = torch.minimum(white * ratio, white * ratio.clamp(0.8, 1.2))
    text, present, given = one()
    v = (told(states("value/", text, present), given, there.shape[1]) @ weights["value/per_token.linear.w"])[..., 0]
    held = torch.maximum(torch.minimum(v, values + 0.2), values - 0.2)
    critic = (torch.maximum((v - goal) ** 2, (held - goal) ** 2) * there).sum() / count / 2
    return -(gain * there).sum() / count + 0.1 * critic


def steps(n):
    seconds, losses = [], []
    for _ in range(n):
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        value = globals()[objective]()
        value.backward()
        torch.nn.utils.clip_grad_norm_([weights[n] for n in trained], 1.0)
        optimizer.step()
        seconds.append(time.perf_counter() - started)
        losses.append(value.item())
    return {"seconds": seconds, "losses": losses, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


print(json.dumps({"weights": sum(w.numel() for w in weights.values())}), flush=True)
for line in sys.stdin:
    started = time.process_time()
    found = steps(int(line.split()[1]))
    print(json.dumps({**found, "work": time.process_time() - started}), flush=True)
