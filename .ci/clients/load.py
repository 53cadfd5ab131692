"""Many events, and crashes.

load.py sends events from 8 connections with indexer acknowledgment and then asks with a search: every acknowledged
event must be found, none twice. Then it kills a server with --data-dir in the middle of the sending, again and again,
and after each restart every event that was acknowledged before must be there, once.
"""

import argparse
import http.client
import json
import random
import shutil
import tempfile
import threading
import time
import uuid

import requests

from served import PASSWORD, TOKEN, Checks, Server

CONNECTIONS = 8
BATCH = 500


class Sender(threading.Thread):
    """One connection: sends batches and asks which of them are kept."""

    def __init__(self, port, name, batches, open_at_a_time=8):
        super().__init__(daemon=True)
        self.port, self.name_, self.batches, self.open = port, name, batches, open_at_a_time
        self.acknowledged, self.sent, self.problem = set(), set(), None
        self.channel = str(uuid.uuid4())
        self.pending = {}

    def post(self, connection, path, body):
        headers = {"Authorization": f"Splunk {TOKEN}", "X-Splunk-Request-Channel": self.channel}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {text[:200]!r}")
        return json.loads(text)

    def ask(self, connection):
        states = self.post(connection, "/services/collector/ack", json.dumps({"acks": list(self.pending)}))["acks"]
        for number in [int(n) for n, state in states.items() if state]:
            self.acknowledged.update(self.pending.pop(number))

    def run(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            for batch in range(self.batches):
                ids = [f"{self.name_}-{batch}-{n}" for n in range(BATCH)]
                events = [
                    {"event": f"id={i} action=allowed user=user{n % 97} bytes={n * 37}", "fields": {"id": i}, "time": 1700000000 + n}
                    for n, i in enumerate(ids)
                ]
                self.sent.update(ids)
                body = "".join(json.dumps(e) for e in events)
                answer = self.post(connection, "/services/collector/event", body)
                self.pending[answer["ackId"]] = ids
                if len(self.pending) >= self.open:
                    self.ask(connection)
            deadline = time.monotonic() + 60
            while self.pending and time.monotonic() < deadline:
                self.ask(connection)
                time.sleep(0.01)
        except Exception as why:  # noqa: BLE001: the server may be killed at any moment
            self.problem = f"{type(why).__name__}: {why}"


def search(server, text, **more):
    answer = requests.post(
        f"{server.api}/services/search/v2/jobs/export",
        data={"search": text, "output_mode": "json", **more},
        auth=("admin", PASSWORD),
        timeout=600,
    )
    answer.raise_for_status()
    return [line["result"] for line in map(json.loads, answer.text.splitlines()) if "result" in line]


def load(muster, count, checks, data_dir):
    options = ["--ack"] + (["--data-dir", data_dir] if data_dir else [])
    batches = count // (CONNECTIONS * BATCH)
    with Server(muster, ".", *options, tls=False) as server:
        senders = [Sender(server.hec_port, f"c{n}", batches) for n in range(CONNECTIONS)]
        begin = time.monotonic()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        seconds = time.monotonic() - begin
        acknowledged = sum(len(s.acknowledged) for s in senders)
        problems = [s.problem for s in senders if s.problem]
        checks.same("no sender has a problem", problems, [])
        checks.same("every event is acknowledged", acknowledged, batches * BATCH * CONNECTIONS)
        begin = time.monotonic()
        found = search(server, "search index=main | stats count dc(id) as ids")
        looked = time.monotonic() - begin
        checks.same("every event is found, none twice", found, [{"count": str(acknowledged), "ids": str(acknowledged)}])
        now, peak = server.memory()
        kind = "with --data-dir" if data_dir else "in memory"
        print(
            f"{kind}: {acknowledged} events from {CONNECTIONS} connections in {seconds:.1f} s"
            f" ({acknowledged / seconds:.0f} events/s); the search over them {looked:.1f} s; memory {now} MB, at its peak {peak} MB"
        )
        checks.check("memory is bounded: at most 2 kB an event", peak < 300 + acknowledged * 2 / 1000, f"{peak} MB")


def kill(muster, rounds, checks):
    folder = tempfile.mkdtemp()
    acknowledged, sent = set(), set()
    chance = random.Random(7)
    for n in range(rounds):
        server = Server(muster, ".", "--ack", "--data-dir", folder, tls=False)
        if n > 0:
            found = [row["id"] for row in search(server, "search index=main | table id")]
            checks.same(f"round {n}: acknowledged events that are lost", len(acknowledged - set(found)), 0)
            checks.same(f"round {n}: events that are there twice", len(found) - len(set(found)), 0)
            checks.same(f"round {n}: events that nobody sent", len(set(found) - sent), 0)
        senders = [Sender(server.hec_port, f"r{n}c{c}", 10_000, open_at_a_time=2) for c in range(CONNECTIONS)]
        for sender in senders:
            sender.start()
        time.sleep(chance.uniform(0.3, 1.2))
        server.kill()
        for sender in senders:
            sender.join()
            acknowledged |= sender.acknowledged
            sent |= sender.sent
        if n % 5 == 4:
            # Deletions too are there after a crash.
            with Server(muster, ".", "--ack", "--data-dir", folder, tls=False) as server:
                search(server, f"search index=main id=r{n - 1}* | delete")
                server.kill()
            acknowledged = {i for i in acknowledged if not i.startswith(f"r{n - 1}c")}
            with Server(muster, ".", "--ack", "--data-dir", folder, tls=False) as server:
                left = search(server, f"search index=main id=r{n - 1}c* | stats count")
                checks.same(f"round {n}: deleted events that are there again", left, [{"count": "0"}])
    print(f"{rounds} rounds of kill -9: {len(acknowledged)} acknowledged events of {len(sent)} sent")
    checks.check("some events were acknowledged", len(acknowledged) > rounds * BATCH)
    shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--muster", required=True)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    checks = Checks()
    load(arguments.muster, arguments.events, checks, None)
    folder = tempfile.mkdtemp()
    load(arguments.muster, arguments.events, checks, folder)
    shutil.rmtree(folder)
    kill(arguments.muster, arguments.rounds, checks)
    checks.end()


if __name__ == "__main__":
    main()
