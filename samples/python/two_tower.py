#!/usr/bin/env python3
"""Reads what the retraining publishes, from Python: the weights, proven on golden.json, and the vectors in PostgreSQL.

    python3 two_tower.py check FOLDER              a published version's folder: hashes, weights, golden embeddings
    python3 two_tower.py recommend USER_ID [K]     from DATABASE_URL, by the SQL function that every reader uses
    python3 two_tower.py similar VIDEO_ID [K]      the nearest videos of one, by pgvector's own operator

Needs numpy; PyTorch only to read two_tower.pt as well, psycopg2 only to ask the database (Debian: python3-numpy, python3-torch, python3-psycopg2).
"""

import hashlib
import json
import os
import struct
import sys

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
    return {"version": manifest["version"], "files": len(manifest["files"]), "difference": largest, "torch": check_torch(folder, tensors)}


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
    """[(video_id, cosine)], best first. The column's own type on both sides, or its index would not serve."""
    return ask(
        """
        with one as (select embedding from public.video_embeddings where video_id = %s)
        select v.video_id::text, 1 - (v.embedding <=> (select embedding from one)) from public.video_embeddings v
        where v.video_id <> %s order by v.embedding <=> (select embedding from one) limit %s
        """, video_id, video_id, count)


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
