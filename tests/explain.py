#!/usr/bin/env python3
"""Is `muster explain` right? Takes detections that pass, breaks one literal of each search, and asks which clause it was.

    python3 tests/explain.py --muster target/release/muster --shared ../shared [--cases 30] [-v]

--cases is the number of broken literals of the public content, and again of the rules of SigmaHQ.

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
        own = os.path.join(repo, used["dataset"])
        path = own if os.path.exists(own) else os.path.join(base, "mirror", "datasets", attack.tail(used["dataset"]))
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


def sigma(base):
    """The rules of SigmaHQ as detections, each with its own events: path and text."""
    folder = os.path.join(args.shared, "corpus", "sigma")
    os.makedirs(os.path.join(base, "repo", "data"), exist_ok=True)
    for line in open(os.path.join(folder, "cases.jsonl"), encoding="utf-8"):
        case = json.loads(line)
        if not case["spl_windows_xml"] or "windows" in case["skip_forms"] or not case["matching_lines"]: continue
        events = open(os.path.join(folder, case["data_file"]), encoding="utf-8").read()
        channel = events.split("<Channel>", 1)[1].split("<", 1)[0]
        with open(os.path.join(base, "repo", "data", case["id"] + ".log"), "w", encoding="utf-8") as file: file.write(events)
        search = case["spl_windows_xml"].strip().replace("\n", "\n  ")
        yield f"sigma_{case['id'].replace('-', '_')}.yml", f"""name: Sigma {case['id']}
id: {case['id']}
version: 1
date: '2024-01-01'
author: A
status: production
type: Hunting
description: d
data_source: []
search: |-
  {search}
how_to_implement: h
known_false_positives: k
references: []
tags:
  analytic_story: []
  asset_type: Endpoint
  mitre_attack_id: [T1059]
  product: [Splunk Enterprise]
  security_domain: endpoint
tests:
- name: True Positive Test
  attack_data:
  - data: data/{case['id']}.log
    source: XmlWinEventLog:{channel}
    sourcetype: XmlWinEventLog
"""


def measure(name, text, base, good, bad):
    """Breaks up to three literals of a detection, one at a time."""
    tried = 0
    for changed, line, wrong in broken(text):
        told = judge(name, changed, line, wrong, base)
        if told is None: continue  # still fires, or fails for another reason: another literal
        (bad if told else good).append(told)
        if args.v: print(told or f"right: {name}:{line} {wrong}")
        tried += 1
        if tried == 3: break


def main():
    cases = [json.loads(l) for l in open(os.path.join(args.corpus, "manifest.jsonl"), encoding="utf-8")]
    cases = [c for c in cases if c["expect"] == "pass" and not c.get("stretch")]
    good, bad = [], []
    with tempfile.TemporaryDirectory() as base:
        attack.build_repository(args, cases, os.path.join(base, "repo"))
        attack.build_mirror(args, cases, os.path.join(base, "mirror"), False)
        for case in cases:
            if len(good) + len(bad) >= args.cases: break
            text = open(os.path.join(args.corpus, case["detection"]), encoding="utf-8").read()
            measure(case["detection"], text, base, good, bad)
            shutil.copyfile(os.path.join(args.corpus, case["detection"]), os.path.join(base, "repo", "detections", os.path.basename(case["detection"])))
        public = len(good) + len(bad)
        for name, text in sigma(base):
            if len(good) + len(bad) >= public + args.cases: break
            measure(name, text, base, good, bad)
            os.remove(os.path.join(base, "repo", "detections", name))
    good, total = len(good), len(good) + len(bad)
    for one in bad: print("WRONG", one)
    share = good / max(1, total)
    print(f"rows compared with searches cut off: {compared[0]}")
    print(f"explained rightly: {good} of {total} ({public} of the public content, {total - public} of sigma) = {share:.1%}")
    sys.exit(0 if share >= args.min else 1)


main()
