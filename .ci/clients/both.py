"""Our own backend over real sockets: every test of the starter pack has the same verdict and the same rows on the local
engine and through `muster serve`, over TLS and with indexer acknowledgment."""

import argparse
import os
import pathlib
import subprocess

from served import PASSWORD, TOKEN, Checks, Server


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--muster", required=True)
    arguments = parser.parse_args()
    checks = Checks()
    root = pathlib.Path(__file__).resolve().parents[2]
    with Server(arguments.muster, str(root), "--es", "--ack") as server:
        environment = dict(
            os.environ,
            MUSTER_SPLUNK_URL=server.api,
            MUSTER_SPLUNK_HEC_URL=server.hec,
            MUSTER_SPLUNK_USER="admin",
            MUSTER_SPLUNK_PASSWORD=PASSWORD,
            MUSTER_SPLUNK_HEC_TOKEN=TOKEN,
            MUSTER_SPLUNK_INSECURE="true",
        )
        words = [arguments.muster, "test", "--path", str(root), "--backend", "both", "--offline"]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=1200)
        said = (done.stdout + done.stderr).strip().splitlines()
        print("\n".join(line for line in said if line.startswith(("passed:", "local and splunk", "events:"))))
        if not checks.same("muster test --backend both", done.returncode, 0):
            print("\n".join(said[-30:]))
        checks.check("they agree", any(line.startswith("local and splunk agree on") for line in said))
    checks.end()


if __name__ == "__main__":
    main()
