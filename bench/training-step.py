"""
The step of bench/training-step.ts in PyTorch eager: the same shapes, weights, texts and optimizer. Weights and texts come from a folder that
bench/training-step.ts writes. Reads lines `run N` and answers with the seconds of N steps and their losses as JSON, so that both take turns.
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
ports = json.load(open(f"{folder}/ports.json"))
kinds = {"f32": numpy.float32, "i32": numpy.int32, "bool": numpy.uint8}
read = {p["name"]: torch.from_numpy(numpy.fromfile(f"{folder}/{i}.bin", kinds[p["dtype"]])).reshape(p["shape"]) for i, p in enumerate(ports)}
weights = {p["name"]: torch.nn.Parameter(read[p["name"]]) for p in ports if p["role"] == "weight"}
source, target, labels = (read[n].long() for n in ("source.ids", "answer.input", "answer.ids"))
here, there = (read[n].bool() for n in ("source.present", "answer.present"))
matrices = [w for w in weights.values() if w.dim() > 1]
vectors = [w for w in weights.values() if w.dim() == 1]
optimizer = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}], lr=1e-3, betas=(0.9, 0.98), eps=1e-9
)


def norm(path, x):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * weights[f"{path}.scale"]


def attention(path, x, memory, hidden):
    wq, wk, wv, wo = (weights[f"{path}.{n}"] for n in ("wq", "wk", "wv", "wo"))
    (width, heads, _, size), rows = wq.shape, x.shape[0]
    split = lambda y, w: (y @ w.view(width, -1)).view(rows, -1, heads, size).transpose(1, 2)
    look = F.softmax(split(x, wq) @ split(memory, wk).transpose(2, 3) / math.sqrt(size) + hidden, -1)
    return (look @ split(memory, wv)).transpose(1, 2).reshape(rows, -1, width) @ wo.view(-1, width)


def gated(path, x):
    first, second, last = (weights[f"{path}.linear{n}.w"] for n in (".2", ".3", ""))
    return (F.gelu(x @ first) * (x @ second)) @ last


def count(what):
    return len({n.split(".")[1] for n in weights if n.startswith(f"{what}.")})


def loss():
    table = weights["table"]
    absent = torch.zeros_like(here, dtype=torch.float32).masked_fill(~here, -1e30)[:, None, None]
    past = torch.zeros(1, 1, target.shape[1], target.shape[1]).masked_fill(~torch.ones(target.shape[1], target.shape[1]).tril().bool(), -1e30)
    x = table[source] + weights["read"][: source.shape[1]]
    for i in range(1, count("reading") + 1):
        p = f"reading.{i}"
        y = norm(f"{p}.rms_norm", x)
        x = x + attention(f"{p}.attention", y, y, absent)
        x = x + gated(f"{p}.gated", norm(f"{p}.rms_norm.2", x))
    memory = norm("rms_norm", x)
    y = table[target] + weights["write"][: target.shape[1]]
    for i in range(1, count("writing") + 1):
        p = f"writing.{i}"
        z = norm(f"{p}.rms_norm", y)
        y = y + attention(f"{p}.attention", z, z, past)
        y = y + attention(f"{p}.attention.2", norm(f"{p}.rms_norm.2", y), memory, absent)
        y = y + gated(f"{p}.gated", norm(f"{p}.rms_norm.3", y))
    logits = norm("rms_norm.2", y) @ table.T
    return F.cross_entropy(logits[there], labels[there])


def steps(n):
    seconds, losses = [], []
    for _ in range(n):
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
        optimizer.step()
        seconds.append(time.perf_counter() - started)
        losses.append(value.item())
    return {"seconds": seconds, "losses": losses, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


print(json.dumps({"weights": sum(w.numel() for w in weights.values())}), flush=True)
for line in sys.stdin:
    started = time.process_time()
    found = steps(int(line.split()[1]))
    print(json.dumps({**found, "work": time.process_time() - started}), flush=True)
