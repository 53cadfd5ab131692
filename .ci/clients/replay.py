"""A sender as replay scripts are: a file to /services/collector/raw with a channel, then the acknowledgment.

It sends our own datasets as attack_data's replay.py sends its files (index, source, sourcetype and host as parameters of
the query, the token and a channel in the headers), over TLS with the server's own certificate verified, and in pieces; then
it counts what a search finds.
"""

import argparse
import gzip
import pathlib
import shutil
import tempfile
import time
import uuid

import requests

from served import PASSWORD, TOKEN, Checks, Server

PIECE = 256 << 10


def send(server, path, certificate, index, source, sourcetype, host, packed):
    """Sends a file in pieces that end where a line ends; gives the seconds until the last one is acknowledged."""
    begin = time.monotonic()
    channel = str(uuid.uuid4())
    headers = {"Authorization": f"Splunk {TOKEN}", "X-Splunk-Request-Channel": channel}
    query = {"index": index, "source": source, "sourcetype": sourcetype, "host": host}
    pending = []
    with open(path, "rb") as data:
        while piece := data.read(PIECE):
            piece += data.readline()
            more = {"Content-Encoding": "gzip"} if packed else {}
            body = gzip.compress(piece) if packed else piece
            answer = requests.post(
                f"{server.hec}/services/collector/raw",
                params=query,
                data=body,
                headers=headers | more,
                verify=certificate,
                timeout=60,
            )
            answer.raise_for_status()
            pending.append(answer.json()["ackId"])
    while pending:
        answer = requests.post(
            f"{server.hec}/services/collector/ack", json={"acks": pending}, headers=headers, verify=certificate, timeout=60
        )
        states = answer.json()["acks"]
        pending = [number for number in pending if not states[str(number)]]
        time.sleep(0.01)
    return time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--muster", required=True)
    arguments = parser.parse_args()
    checks = Checks()
    root = pathlib.Path(__file__).resolve().parents[2]
    files = sorted(p for p in (root / "datasets").rglob("*.log") if p.stat().st_size > 0)[:20]
    checks.check("there are datasets", len(files) > 3)
    folder = tempfile.mkdtemp()
    with Server(arguments.muster, str(root), "--ack", "--data-dir", folder) as server:
        # The folder of the data holds the certificate that the server has signed for itself.
        certificate = f"{folder}/server.pem"
        for number, path in enumerate(files):
            host = f"replay-{number}"
            send(server, path, certificate, "main", str(path.name), "replayed:lines", host, packed=number % 2 == 1)
            search = f'search index=main host="{host}" | stats count'
            answer = requests.post(
                f"{server.api}/services/search/jobs",
                data={"search": search, "exec_mode": "oneshot", "output_mode": "json"},
                auth=("admin", PASSWORD),
                verify=certificate,
                timeout=60,
            )
            found = int(answer.json()["results"][0]["count"])
            checks.check(f"{path.name}: its events are found", found > 0, found)
    shutil.rmtree(folder)
    checks.end()


if __name__ == "__main__":
    main()
