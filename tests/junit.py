#!/usr/bin/env python3
"""Can a reader that is not ours read our JUnit? Tests a repository whose events hold what breaks XML and CI logs, reads the
report with Python's strict XML parser, and compares it with the JSON of the same run.

    python3 tests/junit.py --muster target/release/muster
"""
import argparse, json, os, subprocess, sys, tempfile
import xml.etree.ElementTree as xml

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--muster", default="target/release/muster")
args = parser.parse_args()
args.muster = os.path.abspath(args.muster)

HOSTILE = "2024-01-01T00:00:00Z user=\"]]> <b>&amp; \x1b[31mred\x00 \ufffe \u202e ::error file=x::no %0A ##[error]\" %s\n"
DETECTION = """name: Hostile {n}
id: {n}1111111-1111-4111-8111-111111111111
version: 1
date: '2024-01-01'
author: A & <B> ]]>
status: production
type: Hunting
description: d
data_source: []
search: index=main {term} | table _raw user
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
- name: "T ]]> <{n}> & \\"quoted\\""
  attack_data:
  - {{data: a.log, source: "s]]>&<", sourcetype: st}}
"""
OVERLAY = """tests:
  "T ]]> <2> & \\"quoted\\"":
    match:
      - {user: "]]> nobody & <"}
"""

with tempfile.TemporaryDirectory() as repo:
    def write(path, text):
        path = os.path.join(repo, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file: file.write(text)
    write("a.log", "".join(HOSTILE.replace("%s", f"n={n}") for n in range(300)))
    for n, term in ((1, "n=1"), (2, "n=2"), (3, "n=nothing"), (4, "| nosuchcommand ]]> &")):
        write(f"detections/endpoint/hostile_{n}.yml", DETECTION.format(n=n, term=term))
    write("test_configs/expect/hostile_2.yml", OVERLAY)
    done = subprocess.run([args.muster, "test", "--path", repo, "--junit", os.path.join(repo, "j.xml"), "--json", os.path.join(repo, "j.json")], capture_output=True)
    run = json.load(open(os.path.join(repo, "j.json"), encoding="utf-8"))
    root = xml.parse(os.path.join(repo, "j.xml")).getroot()

problems = []
def same(what, got, want):
    if got != want: problems.append(f"{what}: {got!r} in the JUnit, {want!r} in the JSON")

summary = run["summary"]
for junit, ours in (("tests", "tests"), ("failures", "failed"), ("errors", "errors"), ("skipped", "skipped")):
    same(junit, int(root.get(junit)), summary[ours])
    same(f"sum of {junit}", sum(int(suite.get(junit)) for suite in root), summary[ours])
word = {"pass": None, "fail": "failure", "error": "error", "skip": "skipped"}
ours = {f"{d['name']}/{t['type']}: {t['name']}": word[t["status"]] for d in run["detections"] for t in d["tests"]}
theirs = {}
for suite in root:
    for case in suite.iter("testcase"):
        verdict = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        theirs[f"{suite.get('name')}/{case.get('name')}"] = verdict[0] if verdict else None
        if len(verdict) > 1: problems.append(f"{case.get('name')} has {verdict}")
        if not (case.get("file") and case.get("classname") and case.get("time")): problems.append(f"{case.get('name')} lacks an attribute")
same("verdicts", theirs, ours)
if not {"failure", "error", None} <= set(theirs.values()): problems.append(f"the run has not all kinds of verdicts: {set(theirs.values())}")
for line in (done.stdout + done.stderr).decode("utf-8", "replace").splitlines():
    if line.startswith("::") or line.startswith("##[") or "\x1b[31mred" in line: problems.append(f"text of an event reached the terminal: {line!r}")
for problem in problems: print(problem)
print(f"junit: {len(theirs)} cases of {len(root)} suites read, {len(problems)} problems")
sys.exit(1 if problems else 0)
