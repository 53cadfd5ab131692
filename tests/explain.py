#!/usr/bin/env python3
"""Is `muster explain` right? Takes detections that pass, breaks one literal of each search, and asks which clause it was.

    python3 tests/explain.py --muster target/release/muster --shared ../shared [--cases 30] [-v]

A case is right if explain names the broken clause, in the file and line where it stands, as one that decides, and if its
counts are those of the same search cut off after each command. Needs the corpus; prints the share.
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile, types

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--muster", default="target/release/muster")
parser.add_argument("--shared", default="../shared")
parser.add_argument("--cases", type=int, default=30)
parser.add_argument("--min", type=float, default=0.0)
parser.add_argument("-v", action="store_true")
args = parser.parse_args()
# The check of the corpus knows how to build the repository; it runs when it is imported, so only its functions are taken.
checks = os.path.join(args.shared, "checks")
sys.path.insert(0, checks)
attack = types.SimpleNamespace()
functions = open(os.path.join(checks, "attack.py"), encoding="utf-8").read().rsplit("main()", 1)[0]
exec(functions, attack.__dict__)

args.muster = os.path.abspath(args.muster)
args.content = os.path.join(args.shared, "corpus", "content")
args.corpus = os.path.join(args.shared, "corpus", "attack")
# `field="value"`, `field=value` and a value in a list: what a person gets wrong.
LITERAL = re.compile(r'''(?P<before>\b[\w.]+\s*=\s*"?\*?|IN\s*\(\s*"?\*?)(?P<value>[A-Za-z][\w\\./:-]{3,})''')


def run(command):
    return subprocess.run([args.muster, *command], capture_output=True, text=True, timeout=300)


def broken(text):
    """The YAML with each literal of its search broken in turn, with the line and the broken text."""
    lines, inside = text.split("\n"), False
    for number, line in enumerate(lines, 1):
        if re.match(r"\w", line): inside = line.startswith("search:")
        if not inside: continue
        for found in LITERAL.finditer(line):
            value = found["value"]
            if found["before"].split("=")[0].strip() in ("datamodel", "span", "as", "timeformat", "summariesonly", "limit", "max_match", "field"): continue
            wrong = "zq" + value
            changed = line[:found.start("value")] + wrong + line[found.end("value"):]
            yield "\n".join(lines[:number - 1] + [changed] + lines[number:]), number, wrong


def judge(detection, text, line, wrong, base):
    file = os.path.join("detections", os.path.basename(detection))
    open(os.path.join(base, "repo", file), "w", encoding="utf-8").write(text)
    done = run(["explain", "--path", os.path.join(base, "repo"), "--include", "all", "--offline", "--format", "json", *mirrors(base), os.path.join(base, "repo", file)])
    try:
        tests = json.loads(done.stdout)["detections"][0]["tests"]
    except (ValueError, LookupError):
        return None
    failed = [t for t in tests if t["status"] == "fail" and t.get("rows") == 0 and t.get("steps")]
    if not failed: return None
    lost = [l for s in failed[0]["steps"] for l in s.get("lost", [])]
    named = [c for l in lost for c in l.get("nearest", []) if c["decides"]]
    right = [c for c in named if wrong.lower() in c["text"].lower()]
    if not right:
        return f"{file}:{line} {wrong}: named {[c['text'][:60] for c in named][:3]}"
    if not any(c.get("place") == f"{file}:{line}" for c in right):
        return f"{file}:{line} {wrong}: the place is {right[0].get('place')}"
    return counts(text, failed[0], base) and f"{file}:{line} {wrong}: {counts(text, failed[0], base)}" or ""


def counts(text, test, base):
    """Compares the rows of each command with a search that is cut off after it."""
    found = re.search(r"^search:(.*(?:\n(?: .*|))*)", text, re.M).group(1)
    spl = re.sub(r"^\s*[|>][-+]?\s*\n", "", found) if re.match(r"\s*[|>][-+]?\s*\n", found) else found.strip().strip("'")
    repo = os.path.join(base, "repo")
    expanded = run(["search", "--path", repo, "--expand", spl])
    if expanded.returncode: return None  # a quoted YAML scalar that this script cannot read
    commands = expanded.stdout.strip().split("\n")
    data = []
    for used in test["data"]:
        path = os.path.join(base, "mirror", "datasets", attack.tail(used["dataset"]))
        data += ["--sourcetype", used["sourcetype"], "--source", used["source"], "--index", "main", "--data", path]
    steps = [s for s in test["steps"] if not s["step"].startswith("  ") and not re.match(r"(datamodel|where) ", s["step"]) or s["step"].startswith("where ") and any(c.startswith("| where") for c in commands)]
    if len(steps) != len(commands): return None
    for n, step in enumerate(steps):
        cut = run(["search", "--path", repo, "--now", str(test["now"]), *data, "--output", "json", "\n".join(commands[:n + 1])])
        rows = len(json.loads(cut.stdout)["results"]) if cut.returncode == 0 else None
        if rows is not None and rows != step["rows"]:
            return f"{step['rows']} rows after `{step['step'][:50]}`, but {rows} when cut off there"
        compared[0] += rows is not None
    return None


compared = [0]


def mirrors(base):
    return [x for host in attack.HOSTS for x in ("--mirror", f"{host}={os.path.join(base, 'mirror')}")]


def main():
    cases = [json.loads(l) for l in open(os.path.join(args.corpus, "manifest.jsonl"), encoding="utf-8")]
    cases = [c for c in cases if c["expect"] == "pass" and not c.get("stretch")]
    good, bad = 0, []
    with tempfile.TemporaryDirectory() as base:
        attack.build_repository(args, cases, os.path.join(base, "repo"))
        attack.build_mirror(args, cases, os.path.join(base, "mirror"), False)
        for case in cases:
            if good + len(bad) >= args.cases: break
            text = open(os.path.join(args.corpus, case["detection"]), encoding="utf-8").read()
            tried = 0
            for changed, line, wrong in broken(text):
                told = judge(case["detection"], changed, line, wrong, base)
                if told is None: continue  # still fires, or fails for another reason: another literal
                if told: bad.append(told)
                else: good += 1
                if args.v: print(told or f"right: {case['detection']}:{line} {wrong}")
                tried += 1
                if tried == 3: break
            shutil.copyfile(os.path.join(args.corpus, case["detection"]), os.path.join(base, "repo", "detections", os.path.basename(case["detection"])))
    for one in bad: print("WRONG", one)
    share = good / max(1, good + len(bad))
    print(f"rows compared with searches cut off: {compared[0]}")
    print(f"explained rightly: {good} of {good + len(bad)} = {share:.1%}")
    sys.exit(0 if share >= args.min else 1)


main()
