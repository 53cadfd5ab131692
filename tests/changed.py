#!/usr/bin/env python3
"""Does `--changed` choose the right detections? Makes a git repository of the public content, changes one nested macro, and
compares with the closure worked out here; says how long choosing took.

    python3 tests/changed.py --muster target/release/muster --shared ../shared
"""
import argparse, glob, os, re, shutil, subprocess, sys, tempfile, time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--muster", default="target/release/muster")
parser.add_argument("--shared", default="../shared")
args = parser.parse_args()
args.muster = os.path.abspath(args.muster)


def git(repo, *arguments):
    subprocess.run(["git", "-C", repo, "-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false", *arguments], check=True, capture_output=True)


def calls(text):
    return set(re.findall(r"`\s*([\w-]+)", text))


def block(text, key):
    """The value of a key of a YAML file, as text."""
    found = re.search(rf"^{key}:(.*(?:\n[ \t]+.*|\n)*)", text, re.M)
    return found.group(1) if found else ""


with tempfile.TemporaryDirectory() as repo:
    shutil.copytree(os.path.join(args.shared, "corpus", "content"), repo, dirs_exist_ok=True)
    git(repo, "init", "-b", "main"); git(repo, "add", "-A"); git(repo, "commit", "-m", "content"); git(repo, "checkout", "-b", "change")
    macros = {os.path.basename(p)[:-4]: block(open(p, encoding="utf-8").read(), "definition") for p in glob.glob(os.path.join(repo, "macros", "*.yml"))}
    # The macro that most other macros use.
    nested = max(macros, key=lambda m: sum(m in calls(d) for d in macros.values()))
    with open(os.path.join(repo, "macros", nested + ".yml"), "a", encoding="utf-8") as file: file.write("# changed\n")
    closure = {nested}
    while more := {m for m, d in macros.items() if m not in closure and calls(d) & closure}: closure |= more
    want = set()
    for path in glob.glob(os.path.join(repo, "detections", "**", "*.yml"), recursive=True):
        if calls(block(open(path, encoding="utf-8").read(), "search")) & closure: want.add(os.path.relpath(path, repo))
    begin = time.perf_counter()
    done = subprocess.run([args.muster, "test", "--path", repo, "--changed", "--list"], capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    got = {line.split("\t")[0] for line in done.stdout.splitlines()}
    print(f"macro {nested}, {len(closure)} macros with those that use it: {len(want)} detections expected, {len(got)} chosen, {seconds:.2f} s")
    for path in sorted(want ^ got)[:20]: print("MISSING" if path in want else "TOO MANY", path)
    sys.exit(0 if want == got and want else 1)
