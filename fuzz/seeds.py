#!/usr/bin/env python3
"""Writes the searches and the data of tests/cases into fuzz/corpus, for the fuzzer to begin with."""
import hashlib
import pathlib

HERE = pathlib.Path(__file__).resolve().parent


def put(target, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def parts(text):
    name, lines = "", []
    for line in text.split("\n"):
        if line.startswith("-- ") and line.endswith(" --"):
            yield name, "\n".join(lines)
            name, lines = line[3:-3], []
        else:
            lines.append(line)
    yield name, "\n".join(lines)


for path in sorted(HERE.parent.glob("tests/cases/*/*.case")):
    for name, text in parts(path.read_text(encoding="utf-8")):
        if name == "search":
            put("search", text.strip().encode())
            for piece in text.split("eval ")[1:]:
                put("eval", piece.split("|")[0].split("=", 1)[-1].strip().encode())
        elif name == "fragments":
            for line in text.split("\n"):
                put("search", line.encode())
        elif name.startswith("data "):
            put("events", b"\x01" + text.encode())
