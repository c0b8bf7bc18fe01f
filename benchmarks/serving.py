"""Serving the portal, or the bare view, as `make run` serves it, on a port of its own."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
# ESTABLISHED and CLOSE_WAIT, as /proc/net/tcp writes them.
BUSY = {"01", "08"}
PORTAL, BARE = "magelang_portal.wsgi", "benchmarks.bare"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def gunicorn_options() -> list[str]:
    """What `make run` tells gunicorn, read from the Makefile: nothing here goes stale."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    found = re.search(rf"gunicorn {re.escape(PORTAL)} --bind \S+ (.*?) &", makefile)
    if not found:
        raise SystemExit(
            "The Makefile starts gunicorn in another way: mend benchmarks/serving.py."
        )
    return shlex.split(found[1])


@dataclass
class Server:
    """A gunicorn of ours: its port, and the process of its master."""

    port: int
    process: subprocess.Popen

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settle(self, seconds: float = 60) -> None:
        """Wait until it has dealt with whatever wrk asked for and no longer waits for."""
        until = time.monotonic() + seconds
        while self._connections() and time.monotonic() < until:
            time.sleep(0.05)

    def _connections(self) -> int:
        """Connections of ours that are open, or that only the other side has closed."""
        lines = (line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines())
        here = f":{self.port:04X}"
        return sum(
            local.endswith(here) and state in BUSY for _n, local, _other, state, *_ in lines
        )

    def workers_mib(self) -> list[float]:
        """The resident memory of each worker, in MiB."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return [_resident_kib(child) / 1024 for child in children]


def _resident_kib(pid) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1])


@contextmanager
def serve(application: str = PORTAL, *, environment=(), port: int | None = None):
    """A `Server` of `application` that answers already, until the block ends."""
    port = port or free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(  # noqa: S603 (our own command)
        [*command, *gunicorn_options()],
        cwd=ROOT,
        env=os.environ | dict(environment) | {"PORT": str(port)},
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait()


def wait_for(url, process) -> None:
    """Return once `url` answers."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=START_SECONDS):  # noqa: S310 (our own server)
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{url} did not answer within {START_SECONDS} seconds.")
