"""The step of bench/training-step.ts in PyTorch: the same shapes, weights near fresh ones. Usage: python3 bench/training-step.py [steps] [threads]"""
import math
import statistics
import sys
import time

import torch
import torch.nn.functional as F

steps, threads = int((sys.argv + ["10"])[1]), int((sys.argv + ["", "1"])[2])
torch.set_num_threads(threads)
torch.manual_seed(0)
B, S, T, D, H, V = 32, 256, 24, 128, 4, 4096
K = D // H
parameters = []


def weight(*shape, one=False):
    p = torch.nn.Parameter(torch.ones(shape) if one else (torch.rand(shape) - 0.5) * 0.1)
    parameters.append(p)
    return p


class Attention:
    def __init__(self):
        self.q, self.k, self.v, self.o = (weight(D, D) for _ in range(4))

    def __call__(self, x, memory, bias):
        heads = lambda y: y.view(B, -1, H, K).transpose(1, 2)
        q, k, v = heads(x @ self.q), heads(memory @ self.k), heads(memory @ self.v)
        look = F.softmax(q @ k.transpose(2, 3) / math.sqrt(K) + bias, -1)
        return (look @ v).transpose(1, 2).reshape(B, -1, D) @ self.o


class Gated:
    def __init__(self):
        self.a, self.b, self.o = weight(D, 4 * D), weight(D, 4 * D), weight(4 * D, D)

    def __call__(self, x):
        return (F.gelu(x @ self.a) * (x @ self.b)) @ self.o


class Norm:
    def __init__(self):
        self.scale = weight(D, one=True)

    def __call__(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.scale


table, far_encoder, far_decoder = weight(V, D), weight(H, 32), weight(H, 32)
mix_encoder, mix_decoder, follow, gate, copy_q, copy_k = weight(D), weight(D), weight(H), weight(D), weight(D, 64), weight(D, 64)
encoder = [(Norm(), Attention(), Norm(), Gated()) for _ in range(4)]
decoder = [(Norm(), Attention(), Norm(), Attention(), Norm(), Gated()) for _ in range(2)]
last_encoder, last_decoder = Norm(), Norm()
optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.01)
source, target, labels = torch.randint(0, V, (B, S)), torch.randint(0, V, (B, T)), torch.randint(0, V, (B, T))
far = lambda n: (torch.arange(n)[None] - torch.arange(n)[:, None]).clamp(-15, 15) + 15
before = lambda x: F.pad(x[:, :-1], (0, 0, 1, 0) if x.dim() == 3 else (1, 0))


def loss():
    x = table[source]
    x = x + before(x) * mix_encoder
    bias = far_encoder[:, far(S)]
    for norm, attention, norm2, gated in encoder:
        y = norm(x)
        x = x + attention(y, y, bias)
        x = x + gated(norm2(x))
    memory = last_encoder(x)
    follows = (before(source)[:, None] == target[:, :, None]).float()
    y = table[target]
    y = y + before(y) * mix_decoder
    past = far_decoder[:, far(T)] + torch.full((T, T), -1e30).triu(1)
    for norm, attention, norm2, cross, norm3, gated in decoder:
        z = norm(y)
        y = y + attention(z, z, past)
        y = y + cross(norm2(y), memory, follows[:, None] * follow[None, :, None, None])
        y = y + gated(norm3(y))
    y = last_decoder(y)
    look = F.softmax((y @ copy_q) @ (memory @ copy_k).transpose(1, 2) / 8 + follows, -1)
    g = y @ gate
    copied = (look * (source[:, None] == labels[:, :, None])).sum(-1)
    made = torch.log_softmax(y @ table.T, -1).gather(-1, labels[..., None])[..., 0]
    return -torch.logaddexp(F.logsigmoid(-g) + made, F.logsigmoid(g) + copied.clamp(min=1e-30).log()).mean()


times, work = [], []
for step in range(1, steps + 1):
    started, busy = time.perf_counter(), time.process_time()
    optimizer.zero_grad(set_to_none=True)
    value = loss()
    value.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    times.append(1000 * (time.perf_counter() - started))
    work.append(1000 * (time.process_time() - busy))
    print(f"step {step}: loss {value.item():.5f}, {times[-1]:.0f} ms, of them {work[-1]:.0f} at work")
told = lambda list: f"median {statistics.median(list):.0f} ms, least {min(list):.0f} ms"
print(f"{told(times)}; at work {told(work)}; {threads} thread(s), {sum(p.numel() for p in parameters)} weights")
