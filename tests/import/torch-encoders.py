"""BERT, RoBERTa, DistilBERT, T5 and UMT5 as plain PyTorch, with transformers' names of weights: what imports are held to (see torch.test.ts).

Written from the papers and transformers' own modeling files; nothing of either is imported. Weights are drawn by a formula, so that none are kept.
Run it with any Python that has torch: python3 tests/import/torch-encoders.py > tests/import/torch-logits.json
"""
import json
import math
import sys

import torch

torch.set_default_dtype(torch.float64)


def drawn(shape, seed, spread, mean=0.0):
    """Numbers in mean - spread .. mean + spread by a hash of their place, rounded to 32 bits: torch.test.ts has the same."""
    out = []
    for i in range(math.prod(shape)):
        h = ((i + 1) * 2654435761 + seed * 97) & 0xFFFFFFFF
        h ^= h >> 16
        h = (h * 2246822519) & 0xFFFFFFFF
        h ^= h >> 13
        out.append(mean + spread * (2 * h / 2**32 - 1))
    return torch.tensor(out).float().double().reshape(shape)


class Weights:
    """Weights by name, drawn when they are first asked for; `said` remembers them in order."""

    def __init__(self):
        self.said = []
        self.made = {}

    def __call__(self, name, *shape):
        if name not in self.made:
            norm = "norm" in name.lower() and not name.endswith("bias")
            spread = 0.3 if norm or len(shape) == 1 else (0.5 if "embed" in name or "shared" in name or "bias" in name else 1.5 / math.sqrt(shape[-1]))
            seed = len(self.said) + 1
            self.said.append({"name": name, "shape": list(shape), "spread": spread, "mean": 1 if norm else 0})
            self.made[name] = drawn(shape, seed, spread, 1.0 if norm else 0.0)
        return self.made[name]


def layer_norm(w, name, x, eps):
    d = x.shape[-1]
    mean = x.mean(-1, keepdim=True)
    var = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * w(f"{name}.weight", d) + w(f"{name}.bias", d)


def dense(w, name, x, out):
    return x @ w(f"{name}.weight", out, x.shape[-1]).T + w(f"{name}.bias", out)


def gelu(x):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


NAMES = {
    "bert": ("bert", "encoder.layer", ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"],
             ["attention.output.LayerNorm", "output.LayerNorm"], ["intermediate.dense", "output.dense"]),
    "roberta": ("roberta", "encoder.layer", ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"],
                ["attention.output.LayerNorm", "output.LayerNorm"], ["intermediate.dense", "output.dense"]),
    "distilbert": ("distilbert", "transformer.layer", ["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin"],
                   ["sa_layer_norm", "output_layer_norm"], ["ffn.lin1", "ffn.lin2"]),
}


def bert_states(w, family, ids, present, part, depth, d, heads, inner, positions, types, vocab, shift, eps):
    prefix, stack, (q, k, v, o), (first, second), (wide, back) = NAMES[family]
    embed = f"{prefix}.embeddings"
    b, s = ids.shape
    x = w(f"{embed}.word_embeddings.weight", vocab, d)[ids] + w(f"{embed}.position_embeddings.weight", positions, d)[torch.arange(s) + shift]
    if types:
        x = x + w(f"{embed}.token_type_embeddings.weight", types, d)[part]
    x = layer_norm(w, f"{embed}.LayerNorm", x, eps)
    for i in range(depth):
        at = f"{prefix}.{stack}.{i}"
        split = lambda y: y.reshape(b, s, heads, d // heads).transpose(1, 2)
        Q, K, V = (split(dense(w, f"{at}.{name}", x, d)) for name in (q, k, v))
        scores = Q @ K.transpose(-1, -2) / math.sqrt(d // heads)
        scores = scores.masked_fill(~present[:, None, None, :], float("-inf"))
        seen = (scores.softmax(-1) @ V).transpose(1, 2).reshape(b, s, d)
        x = layer_norm(w, f"{at}.{first}", x + dense(w, f"{at}.{o}", seen, d), eps)
        x = layer_norm(w, f"{at}.{second}", x + dense(w, f"{at}.{back}", gelu(dense(w, f"{at}.{wide}", x, inner)), d), eps)
    return x, w(f"{embed}.word_embeddings.weight", vocab, d)


def bert_words(w, family, x, table, eps):
    inner, norm, bias = {
        "bert": ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias"),
        "roberta": ("lm_head.dense", "lm_head.layer_norm", "lm_head.bias"),
        "distilbert": ("vocab_transform", "vocab_layer_norm", "vocab_projector.bias"),
    }[family]
    y = layer_norm(w, norm, gelu(dense(w, inner, x, x.shape[-1])), eps)
    return y @ table.T + w(bias, table.shape[0])


def bert_classes(w, family, x, labels):
    if family == "bert":
        return dense(w, "classifier", torch.tanh(dense(w, "bert.pooler.dense", x[:, 0], x.shape[-1])), labels)
    if family == "roberta":
        return dense(w, "classifier.out_proj", torch.tanh(dense(w, "classifier.dense", x[:, 0], x.shape[-1])), labels)
    return dense(w, "classifier", torch.relu(dense(w, "pre_classifier", x[:, 0], x.shape[-1])), labels)


def rms(w, name, x, eps):
    return w(f"{name}.weight", x.shape[-1]) * (x / torch.sqrt((x**2).mean(-1, keepdim=True) + eps))


def bucket(relative, both, buckets, far):
    offset = torch.zeros_like(relative)
    if both:
        buckets //= 2
        offset = (relative > 0).long() * buckets
        n = relative.abs()
    else:
        n = (-relative).clamp(min=0)
    exact = buckets // 2
    large = exact + (torch.log(n.clamp(min=1).double() / exact) / math.log(far / exact) * (buckets - exact) + 1e-9).long()
    return offset + torch.where(n < exact, n, large.clamp(max=buckets - 1))


BENDS = {
    "relu": torch.relu,
    "gelu": lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x * torch.sigmoid(x),
}


class T5:
    def __init__(self, config):
        self.c, self.w = config, Weights()
        self.table = self.w("shared.weight", config["vocab_size"], config["d_model"])

    def bias(self, stack, block, t, s):
        c = self.c
        block = block if c["model_type"] == "umt5" else 0
        name = f"{stack}.block.{block}.layer.0.SelfAttention.relative_attention_bias.weight"
        table = self.w(name, c["relative_attention_num_buckets"], c["num_heads"])
        relative = torch.arange(s)[None, :] - torch.arange(t)[:, None]
        return table[bucket(relative, stack == "encoder", c["relative_attention_num_buckets"], c["relative_attention_max_distance"])].permute(2, 0, 1)

    def attend(self, at, x, memory, mask, bias):
        h, k, d = self.c["num_heads"], self.c["d_kv"], self.c["d_model"]
        b = x.shape[0]
        split = lambda y: y.reshape(b, -1, h, k).transpose(1, 2)
        q = split(x @ self.w(f"{at}.q.weight", h * k, d).T)
        n = split(memory @ self.w(f"{at}.k.weight", h * k, d).T)
        v = split(memory @ self.w(f"{at}.v.weight", h * k, d).T)
        scores = (q @ n.transpose(-1, -2) + bias).masked_fill(~mask, float("-inf"))
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, -1, h * k) @ self.w(f"{at}.o.weight", d, h * k).T

    def feed(self, at, x):
        d, f, kind = self.c["d_model"], self.c["d_ff"], self.c["feed_forward_proj"]
        bend = BENDS[kind.removeprefix("gated-")]
        if kind.startswith("gated-"):
            y = bend(x @ self.w(f"{at}.wi_0.weight", f, d).T) * (x @ self.w(f"{at}.wi_1.weight", f, d).T)
        else:
            y = bend(x @ self.w(f"{at}.wi.weight", f, d).T)
        return y @ self.w(f"{at}.wo.weight", d, f).T

    def logits(self, source, present, target):
        c, eps = self.c, self.c["layer_norm_epsilon"]
        x, s = self.table[source], source.shape[1]
        for i in range(c["num_layers"]):
            at = f"encoder.block.{i}.layer"
            y = rms(self.w, f"{at}.0.layer_norm", x, eps)
            x = x + self.attend(f"{at}.0.SelfAttention", y, y, present[:, None, None, :], self.bias("encoder", i, s, s))
            x = x + self.feed(f"{at}.1.DenseReluDense", rms(self.w, f"{at}.1.layer_norm", x, eps))
        memory = rms(self.w, "encoder.final_layer_norm", x, eps)
        y, t = self.table[target], target.shape[1]
        past = torch.tril(torch.ones(t, t, dtype=torch.bool))
        for i in range(c["num_decoder_layers"]):
            at = f"decoder.block.{i}.layer"
            z = rms(self.w, f"{at}.0.layer_norm", y, eps)
            y = y + self.attend(f"{at}.0.SelfAttention", z, z, past, self.bias("decoder", i, t, t))
            y = y + self.attend(f"{at}.1.EncDecAttention", rms(self.w, f"{at}.1.layer_norm", y, eps), memory, present[:, None, None, :], 0)
            y = y + self.feed(f"{at}.2.DenseReluDense", rms(self.w, f"{at}.2.layer_norm", y, eps))
        y = rms(self.w, "decoder.final_layer_norm", y, eps)
        if c.get("scale_decoder_outputs", c["tie_word_embeddings"]):
            y = y / math.sqrt(c["d_model"])
        head = self.table if c["tie_word_embeddings"] else self.w("lm_head.weight", c["vocab_size"], c["d_model"])
        return y @ head.T


IDS = [[2, 7, 11, 4, 19, 3, 23, 8, 3], [2, 9, 3, 14, 6, 3, 0, 0, 0]]
PRESENT = [[1] * 9, [1] * 6 + [0] * 3]
PART = [[0] * 6 + [1] * 3, [0] * 3 + [1] * 6]


def bert_case(name, family, head, labels=1):
    d, heads, inner, depth, vocab = 24, 3, 40, 2, 31
    types, shift = {"bert": (2, 0), "roberta": (1, 2), "distilbert": (0, 0)}[family]
    eps = 1e-12 if family == "distilbert" else 1e-5
    positions = 16 + shift
    w = Weights()
    ids, present = torch.tensor(IDS), torch.tensor(PRESENT).bool()
    # Words are masked in one text, which is one part.
    part = torch.tensor(PART).clamp(max=max(types, 1) - 1) * (head != "MaskedLM")
    x, table = bert_states(w, family, ids, present, part, depth, d, heads, inner, positions, types, vocab, shift, eps)
    if head == "MaskedLM":
        value = bert_words(w, family, x, table, eps).log_softmax(-1)
    elif head == "SequenceClassification":
        value = bert_classes(w, family, x, labels)
    else:
        mean = (x * present[..., None]).sum(1) / present.sum(1, keepdim=True)
        value = mean / mean.norm(dim=-1, keepdim=True)
    cls = {"bert": "Bert", "roberta": "Roberta", "distilbert": "DistilBert"}[family] + (f"For{head}" if head else "Model")
    config = {"architectures": [cls], "model_type": family, "vocab_size": vocab, "max_position_embeddings": positions}
    if family == "distilbert":
        config |= {"dim": d, "n_layers": depth, "n_heads": heads, "hidden_dim": inner, "activation": "gelu"}
    else:
        config |= {"hidden_size": d, "num_hidden_layers": depth, "num_attention_heads": heads, "intermediate_size": inner,
                   "hidden_act": "gelu", "type_vocab_size": types, "layer_norm_eps": eps, "pad_token_id": 1}
    if head == "SequenceClassification":
        config["id2label"] = {str(i): f"Class {i}" for i in range(labels)}
    return {"name": name, "config": config, "weights": w.said, "value": numbers(value)}


def t5_case(name, **changes):
    config = {"architectures": ["T5ForConditionalGeneration"], "model_type": "t5", "vocab_size": 29, "d_model": 20, "d_kv": 6, "d_ff": 34,
              "num_layers": 2, "num_decoder_layers": 3, "num_heads": 3, "relative_attention_num_buckets": 8, "relative_attention_max_distance": 12,
              "layer_norm_epsilon": 1e-6, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False, "is_encoder_decoder": True,
              "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1} | changes
    model = T5(config)
    ids = torch.tensor([[7, 11, 4, 19, 3, 23, 8, 22, 5, 1], [9, 3, 14, 6, 1, 0, 0, 0, 0, 0]])
    present = ids > 0
    target = torch.tensor([[0, 12, 5, 8, 20, 17], [0, 3, 3, 9, 26, 2]])
    value = model.logits(ids, present, target).log_softmax(-1)
    return {"name": name, "config": config, "weights": model.w.said, "value": numbers(value)}


def numbers(x):
    return [float(f"{v:.12g}") for v in x.flatten().tolist()]


cases = [
    bert_case("BERT, masked words", "bert", "MaskedLM"),
    bert_case("BERT, a cross-encoder of one number", "bert", "SequenceClassification"),
    bert_case("BERT, three classes", "bert", "SequenceClassification", 3),
    bert_case("BERT, sentences", "bert", ""),
    bert_case("RoBERTa, masked words", "roberta", "MaskedLM"),
    bert_case("RoBERTa, a reward model", "roberta", "SequenceClassification"),
    bert_case("DistilBERT, masked words", "distilbert", "MaskedLM"),
    bert_case("DistilBERT, two classes", "distilbert", "SequenceClassification", 2),
    t5_case("T5 1.1"),
    t5_case("T5 1.0", feed_forward_proj="relu", tie_word_embeddings=True),
    t5_case("UL2", feed_forward_proj="gated-silu", num_layers=3, num_decoder_layers=1),
    t5_case("a T5 that is tied and not scaled", tie_word_embeddings=True, scale_decoder_outputs=False),
    t5_case("mT5", model_type="mt5"),
    t5_case("UMT5", model_type="umt5", architectures=["UMT5ForConditionalGeneration"]),
]
json.dump({"cases": cases}, sys.stdout)
