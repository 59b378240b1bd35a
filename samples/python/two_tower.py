#!/usr/bin/env python3
"""Reads what the retraining publishes, from Python: the weights, proven on golden.json, and the vectors in PostgreSQL.

    python3 two_tower.py check FOLDER              a published version's folder: hashes, weights, golden embeddings, text
    python3 two_tower.py recommend USER_ID [K]     from DATABASE_URL, by the SQL functions that every reader uses
    python3 two_tower.py similar VIDEO_ID [K]      the nearest videos of one

Needs numpy; PyTorch only to read two_tower.pt as well, psycopg2 only to ask the database (Debian: python3-numpy, python3-torch, python3-psycopg2).
"""

import hashlib
import json
import os
import struct
import sys
import unicodedata

import numpy as np


def read_safetensors(path):
    """Tensors by name. The format: length of the header (uint64), the header as JSON, then the data (little-endian)."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, tensor in header.items():
        if tensor["dtype"] != "F32":
            raise ValueError(f"{path}, {name}: {tensor['dtype']}, expected F32")
        start, end = tensor["data_offsets"]
        tensors[name] = np.frombuffer(data[start:end], "<f4").reshape(tensor["shape"])
    return tensors


class Tower:
    """Hidden layer with ReLU plus the linear part of the input, scaled to length 1; either part may be missing."""

    def __init__(self, tensors, side):
        self.tensors = {name[len(side) + 1:]: values for name, values in tensors.items() if name.startswith(side + ".")}

    def embed(self, features):
        """features: [batch, input_dim]; returns [batch, embedding_dim], rows of length 1."""
        output = self.tensors["b2"]
        if "w1" in self.tensors:
            output = output + np.maximum(features @ self.tensors["w1"] + self.tensors["b1"], 0) @ self.tensors["w2"]
        if "skip" in self.tensors:
            output = output + features @ self.tensors["skip"]
        return output / np.maximum(np.linalg.norm(output, axis=1, keepdims=True), 1e-12)


def tokens(text):
    """Tokenizer nfkc_ngrams of feature_schema.json: pairs of kana and Han; words, and the triples of longer ones."""
    runs, script = [], None
    for c in unicodedata.normalize("NFKC", text or ""):
        category = unicodedata.category(c)
        following = is_kana_or_han(c) if category[0] == "L" or category == "Nd" else script if category[0] == "M" else None
        if following is not None:
            if following != script:
                runs.append((2 if following else 3, []))
            runs[-1][1].extend(c.lower())
        script = following
    for size, run in runs:
        grams = ["".join(run[i:i + size]) for i in range(len(run) - size + 1)]
        yield from grams if size == 2 and grams else ["".join(run)] + (grams if len(run) > size else [])


def is_kana_or_han(c):
    blocks = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
    return c == "々" or any(first <= c <= last for first, last in blocks)


def fnv1a32(token):
    """FNV-1a, 32 bits, of the token's UTF-8."""
    value = 2166136261
    for byte in token.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def text_columns(payload, size):
    """The hashed_bow segment of a video: counts of hashed tokens of title and description, scaled to length 1."""
    columns = np.zeros(size)
    for token in (*tokens(payload.get("title")), *tokens(payload.get("description"))):
        columns[fnv1a32(token) % size] += 1
    return columns / (np.linalg.norm(columns) or 1)


def check_text(schema, items):
    """Largest difference between the text columns of golden.json and those built from its payloads; None where the schema has none."""
    start = 0
    for segment in schema.get("item_segments", []):
        if segment["type"] == "hashed_bow":
            rows = slice(start, start + segment["size"])
            return max(float(np.abs(text_columns(item["payload"], segment["size"]) - item["features"][rows]).max()) for item in items)
        start += segment["size"]
    return None


def check(folder):
    manifest = read_json(folder, "manifest.json")
    for file in manifest["files"]:
        with open(os.path.join(folder, file["path"]), "rb") as content:
            found = hashlib.sha256(content.read()).hexdigest()
        if found != file["sha256"]:
            raise ValueError(f"{file['path']}: SHA-256 {found}, expected {file['sha256']}")

    tensors = read_safetensors(os.path.join(folder, "model.safetensors"))
    golden = read_json(folder, "golden.json")
    largest = 0.0
    for side in ("user", "item"):
        rows = golden[side + "s"]
        expected = np.array([row["embedding"] for row in rows])
        found = Tower(tensors, side).embed(np.array([row["features"] for row in rows], np.float32))
        largest = max(largest, float(np.abs(found - expected).max()))
    if largest > golden["tolerance"]:
        raise ValueError(f"model.safetensors: {largest} from golden.json, expected at most {golden['tolerance']}")
    text = check_text(read_json(folder, "feature_schema.json"), golden["items"])
    if text is not None and text > 1e-5:
        raise ValueError(f"text columns: {text} from golden.json, expected at most 1e-05")
    return {
        "version": manifest["version"], "files": len(manifest["files"]), "difference": largest, "text": text, "torch": check_torch(folder, tensors),
    }


def check_torch(folder, tensors):
    """Whether two_tower.pt holds the same weights; None without PyTorch."""
    try:
        import torch
    except ImportError:
        return None
    state = torch.load(os.path.join(folder, "two_tower.pt"), map_location="cpu", weights_only=True)
    return state.keys() == tensors.keys() and all(np.array_equal(state[name].numpy(), tensors[name]) for name in tensors)


def recommend(user_id, count):
    """[(video_id, score, rank)], best first; what is popular for an unknown user."""
    return ask("select video_id::text, score, rank from public.recommend_videos(%s, %s)", user_id, count)


def similar(video_id, count):
    """[(video_id, cosine)], best first, of active videos; nothing for a video without an embedding."""
    return ask(
        """
        select m.video_id::text, m.score
        from public.video_embeddings v, public.match_videos(v.embedding::halfvec, %s) m
        where v.video_id = %s and m.video_id <> v.video_id order by m.rank limit %s
        """, count + 1, video_id, count)


def ask(sql, *arguments):
    import psycopg2

    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()


def read_json(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "check":
        print(json.dumps(check(arguments[1])))
    elif len(arguments) in (2, 3) and arguments[0] in ("recommend", "similar"):
        answer = recommend if arguments[0] == "recommend" else similar
        print(json.dumps(answer(arguments[1], int(arguments[2]) if len(arguments) == 3 else 10)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
