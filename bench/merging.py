"""
Merges of bench/merging.ts in numpy: safetensors read and written by hand, one tensor at a time. Reads lines `run N` and answers with the seconds
of N merges of the method on its command line as JSON, so that both take turns.
"""
import json
import os
import struct
import sys
import time

import numpy

folder, method = sys.argv[1], sys.argv[2]


def opened(name):
    file = open(f"{folder}/{name}/model.safetensors", "rb")
    (length,) = struct.unpack("<Q", file.read(8))
    header = json.loads(file.read(length))
    header.pop("__metadata__", None)

    def read(tensor):
        start, end = header[tensor]["data_offsets"]
        file.seek(8 + length + start)
        return numpy.frombuffer(file.read(end - start), numpy.float32)

    return header, read


def trimmed(delta, density):
    keep = int(density * delta.size)
    kept = numpy.argpartition(numpy.abs(delta), delta.size - keep)[delta.size - keep :]
    out = numpy.zeros_like(delta)
    out[kept] = delta[kept]
    return out


def linear(base, a, b):
    return 0.5 * a + 0.5 * b


def slerp(base, a, b):
    cos = float(numpy.clip(numpy.dot(a, b) / (numpy.linalg.norm(a) * numpy.linalg.norm(b)), -1, 1))
    if abs(cos) > 0.9995:
        return a + 0.5 * (b - a)
    angle = numpy.arccos(cos)
    share = numpy.float32(numpy.sin(0.5 * angle) / numpy.sin(angle))
    return share * a + share * b


def ties(base, a, b):
    deltas = numpy.stack([trimmed(a - base, 0.2), trimmed(b - base, 0.2)])
    sign = numpy.where(deltas.sum(0) >= 0, numpy.float32(1), numpy.float32(-1))
    agree = deltas * sign > 0
    return base + (deltas * agree).sum(0) / numpy.maximum(agree.sum(0), 1).astype(numpy.float32)


def merge():
    header, read_a = opened("a")
    _, read_b = opened("b")
    read_base = opened("base")[1] if method == "ties" else lambda name: None
    order = sorted(header)
    text = json.dumps(header).encode()
    with open(f"{folder}/numpy.tmp", "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            out.write(globals()[method](read_base(name), read_a(name), read_b(name)).tobytes())
        out.flush()
        os.fsync(out.fileno())
    os.rename(f"{folder}/numpy.tmp", f"{folder}/numpy.safetensors")


def peak():
    """This program's own: the kernel's other count begins with that of whoever started it."""
    return next(1024 * int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))


print(json.dumps({}), flush=True)
for line in sys.stdin:
    seconds = []
    work = os.times()
    for _ in range(int(line.split()[1])):
        begin = time.perf_counter()
        merge()
        seconds.append(time.perf_counter() - begin)
    now = os.times()
    spent = now.user + now.system - work.user - work.system
    print(json.dumps({"seconds": seconds, "work": spent, "memory": peak()}), flush=True)
