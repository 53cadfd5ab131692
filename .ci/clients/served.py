"""Starts `muster serve` on free ports and ends it; what the client scripts have in common."""

import os
import signal
import subprocess
import sys
import time

PASSWORD = "changeme-1"
TOKEN = "b7b1f1a0-5a53-4a0e-9d0c-3b6b0d1f0c11"


class Server:
    """A running server."""

    def __init__(self, muster, path=".", *options, tls=True, env=None):
        arguments = [muster, "serve", "--path", path, "--api-port", "0", "--hec-port", "0", *options]
        if not tls:
            arguments.append("--no-tls")
        environment = dict(os.environ, MUSTER_PASSWORD=PASSWORD, MUSTER_HEC_TOKEN=TOKEN, **(env or {}))
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment)
        self.api_port = self.hec_port = None
        self.said = []
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            name, _, value = line.strip().partition(":")
            if name == "management API":
                self.api_port = int(value.rsplit(":", 1)[1])
            elif name == "event collector":
                self.hec_port = int(value.rsplit(":", 1)[1])
            elif line.startswith("ready"):
                break
        if self.hec_port is None:
            raise SystemExit("muster serve did not start: " + "\n".join(self.said))
        scheme = "https" if tls else "http"
        self.api = f"{scheme}://127.0.0.1:{self.api_port}"
        self.hec = f"{scheme}://127.0.0.1:{self.hec_port}"

    def memory(self):
        """Resident memory in MB, now and at its peak; zeros where the system does not tell."""
        try:
            with open(f"/proc/{self.process.pid}/status") as status:
                values = dict(line.split(":", 1) for line in status)
            return tuple(int(values[key].split()[0]) // 1024 for key in ("VmRSS", "VmHWM"))
        except OSError:
            return (0, 0)

    def kill(self):
        """Ends it without a warning."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Ends it as Ctrl-C does; gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Checks:
    """Counts what passes and says what does not."""

    def __init__(self):
        self.passed = self.failed = 0
        self.begin = time.monotonic()

    def check(self, name, holds, why=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {name}" + (f": {why}" if why != "" else ""), file=sys.stderr)
        return holds

    def same(self, name, got, wanted):
        return self.check(name, got == wanted, f"got {got!r}, wanted {wanted!r}")

    def step(self, name, function):
        """A check that may raise; what it returns must be true."""
        try:
            return self.check(name, function())
        except Exception as why:  # noqa: BLE001: whatever it is, it is told
            return self.check(name, False, f"{type(why).__name__}: {why}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed ({time.monotonic() - self.begin:.1f} s)")
        sys.exit(1 if self.failed or not self.passed else 0)
