#!/usr/bin/env python3
"""The backend `splunk` against `muster serve` over real sockets: the whole starter pack gets the same verdicts as on the
local backend, both give the same rows, and nothing is left on the server.

    backend.py --muster BIN [--server BIN] [--path REPO]
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from served import PASSWORD, TOKEN, Checks, Server

parser = argparse.ArgumentParser()
parser.add_argument("--muster", required=True)
parser.add_argument("--server", help="the program that serves, if it is another one")
parser.add_argument("--path", default=".")
options = parser.parse_args()
checks = Checks()


def name_of(tests):
    """The name of the first detection."""
    return next(iter(tests))[0]


def run(*words, server=None, secure=False, extra=None, **more):
    """Runs muster as a user of this server does; gives code and all output."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MUSTER_")}
    environment.update(NO_PROXY="*", no_proxy="*")
    if server:
        environment.update(
            MUSTER_SPLUNK_URL=server.api, MUSTER_SPLUNK_HEC_URL=server.hec, MUSTER_SPLUNK_PASSWORD=PASSWORD, MUSTER_HEC_TOKEN=TOKEN
        )
        if not secure:
            environment.update(MUSTER_SPLUNK_INSECURE="1")
    environment.update(extra or {})
    words = [options.muster, "--path", options.path, *words]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=900, **more)
    text = done.stdout + done.stderr
    for secret in (PASSWORD, TOKEN):
        checks.check("no secret is seen", secret not in text, words)
    return done.returncode, text


def verdicts(file):
    """(detection, type, test) to (status, code)."""
    with open(file, encoding="utf-8") as results:
        run_of = json.load(results)
    return run_of, {(d["name"], t["type"], t["name"]): (t["status"], t["code"]) for d in run_of["detections"] for t in d["tests"]}


def left(server):
    """What is in the indexes, but for what the server writes of itself."""
    code, text = run("search", "--backend", "splunk", "index=* | stats count by index host", "--output", "json", server=server)
    if code != 0:
        return text
    return json.loads(text[text.index('{"fields"') : text.rindex("}") + 1])["results"]


with tempfile.TemporaryDirectory() as folder:
    local_json, splunk_json, both_json = (os.path.join(folder, name) for name in ("local", "splunk", "both"))
    run("test", "--offline", "--json", local_json)
    _, local = verdicts(local_json)

    with Server(options.server or options.muster, options.path, "--ack", "--es") as server:
        code, text = run("test", "--backend", "splunk", server=server, secure=True)
        checks.check("a certificate that nobody knows is refused", code == 3 and "ca_cert" in text, text)

        begin = time.monotonic()
        code, text = run("test", "--offline", "--backend", "splunk", "--json", splunk_json, server=server)
        if not os.path.exists(splunk_json):
            sys.exit(f"exit code {code}\n{text}")
        results, splunk = verdicts(splunk_json)
        print(f"starter pack on splunk: {len(splunk)} tests in {time.monotonic() - begin:.0f} s, {results.get('delivery')}")
        checks.check("there are tests", len(local) > 100, len(local))
        for key, verdict in local.items():
            checks.same(f"verdict of {key}", splunk.get(key), verdict)
        delivery = results["delivery"]
        checks.check("all events are acknowledged", delivery["sent"] == delivery["acknowledged"] == delivery["found"] > 0, delivery)
        checks.same("nothing is left after a run", left(server), [])

        code, text = run("test", "--offline", "--backend", "both", "--json", both_json, server=server)
        comparison = verdicts(both_json)[0]["comparison"]
        checks.same("both give the same rows", comparison["differences"], [])
        checks.same("all tests are compared", comparison["not_compared"], [])
        print(f"both: {comparison['compared']} tests compared")
        checks.same("nothing is left after both", left(server), [])

        words = [options.muster, "--path", options.path, "test", "--offline", "--backend", "splunk"]
        environment = dict(
            os.environ,
            NO_PROXY="*",
            MUSTER_SPLUNK_URL=server.api,
            MUSTER_SPLUNK_HEC_URL=server.hec,
            MUSTER_SPLUNK_PASSWORD=PASSWORD,
            MUSTER_HEC_TOKEN=TOKEN,
            MUSTER_SPLUNK_INSECURE="1",
        )
        for wait in (1.0, 2.0, 3.1, 4.3, 5.6):
            process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            process.send_signal(signal.SIGINT)
            code = process.wait(timeout=60)
            # Before anything is sent, it ends at once as every program does.
            checks.check("Ctrl-C is no success", code in (1, -signal.SIGINT), code)
            checks.same("nothing is left after Ctrl-C", left(server), [])

        code, text = run("explain", "--backend", "splunk", name_of(local), server=server)
        checks.check("explain runs", code == 0 and "events read" in text, text)

        code, text = run("doctor", "--backend", "splunk", "--format", "json", server=server)
        names = [c["name"] for c in json.loads(text[text.index("{") : text.rindex("}") + 1])["checks"]]
        for name in ("splunk.reachable", "splunk.version", "splunk.clock", "splunk.index", "splunk.role", "splunk.token"):
            checks.check(f"doctor looks at {name}", name in names, names)

        # So many requests that the question for their acknowledgments is a long one.
        many, profile = os.path.join(folder, "many.log"), os.path.join(folder, "small.toml")
        with open(many, "w", encoding="utf-8") as file:
            file.writelines(f"2026-01-02T03:04:05.{n % 1000:03}Z number={n} {'x' * 900}\n" for n in range(1200))
        with open(profile, "w", encoding="utf-8") as file:
            file.write("[splunk]\nmax_content_length = 2000\n")
        code, text = run("replay", "--backend", "splunk", "--config", profile, "--sourcetype", "made_up", "--host", "many", many, server=server)
        checks.check("a file in many pieces arrives", code == 0 and "1200 events" in text, text)
        run("search", "--backend", "splunk", "index=main host=many | delete", server=server)

        # An index that is not there, and that searches would not look into.
        def health(*more):
            _, text = run("doctor", "--backend", "splunk", "--format", "json", *more, server=server, extra={"MUSTER_SPLUNK_INDEX": "made_by_doctor"})
            found = json.loads(text[text.index("{") : text.rindex("}") + 1])["checks"]
            return {c["name"]: c["status"] for c in found if c["name"] in ("splunk.index", "splunk.role")}

        checks.same("doctor finds what is missing", health(), {"splunk.index": "fail", "splunk.role": "fail"})
        checks.same("doctor makes it", health("--fix"), {"splunk.index": "ok", "splunk.role": "ok"})
        checks.same("doctor finds it then", health(), {"splunk.index": "ok", "splunk.role": "ok"})
        code, text = run("test", "--offline", "--backend", "splunk", name_of(local), server=server, extra={"MUSTER_SPLUNK_INDEX": "made_by_doctor"})
        checks.check("a test runs in the index that doctor made", code == 0, text)

checks.end()
