"""How the portal bears load, at a small and at a large size, beside a view that does nothing.

Run with `make load` (ARGS="--data folder"). In one run on this machine it serves made-up data of
both sizes (benchmarks.generate) with the gunicorn of `make run`, lets wrk ask for each kind of
page, and prints throughput and response times, their ratio between the sizes and to the bare
view, and the number of queries. It ends with 1 where a limit is missed, and names which.

For PostgreSQL name databases that are there: --database postgres://user:password@host/name_{size}
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.generate import MARK
from benchmarks.serving import BARE, ROOT, Server, free_port, serve

SIZES = ("small", "large")
DATA = ROOT / "var" / "load"
WARM_SECONDS = 1
# A page that answers fewer times than this is given longer, once.
FEWEST, LONGER = 20, 3
# What the numbers have to keep.
MOST_GROWTH = {"public": 1.5, "search": 1.5, "form": 1.5, "staff": 3.0}
LEAST_OF_BARE = {"cached": 0.6, "reader": 0.1, "uncached": 0.1}
# What each mode asks: the server without page cache, or the one with it, as which reader.
SERVER_OF = {"uncached": "off", "reader": "on", "cached": "on"}
MOST_SEARCH_TO_INNOVATION = 3.0
MOST_WORKER_MIB = 150
MOST_START_SECONDS = 5


@dataclass
class Measured:
    """What wrk saw of one page at one size: requests a second, milliseconds, and failures."""

    rate: float
    p50: float
    p95: float
    p99: float
    failures: int

    @classmethod
    def middle(cls, several) -> "Measured":
        """The median of each number; all failures."""
        times = (median(getattr(each, name) for each in several) for name in TIMES)
        return cls(*times, failures=sum(each.failures for each in several))


TIMES = ("rate", "p50", "p95", "p99")


@dataclass
class Row:
    """One line of the table.

    Its `mode`: `uncached` is made anew, `cached` for all, `reader` for one with a session.
    """

    name: str
    audience: str
    mode: str
    small: Measured
    large: Measured
    bare: float
    # At the small and at the large size: queries, and milliseconds of processor time.
    queries: tuple[int, int] = (0, 0)
    work: tuple[float, float] = (0.0, 0.0)

    @property
    def growth(self) -> float:
        """How many times p95 is that of the small size; endless where one never answers."""
        if float("inf") in {self.small.p95, self.large.p95}:
            return float("inf")
        return self.large.p95 / self.small.p95

    @property
    def of_bare(self) -> float:
        return self.large.rate / self.bare

    def missed(self) -> list[str]:
        """The limits that this page misses, in words."""
        where, found = f"{self.name} ({self.mode})", []
        if failures := self.small.failures + self.large.failures:
            found.append(f"{where}: {failures} answers were broken or other than expected")
        if self.growth > (most := MOST_GROWTH[self.audience]):
            found.append(f"{where}: p95 grows {self.growth:.2f} times, at most {most}")
        if self.audience in {"public", "search"} and self.of_bare < LEAST_OF_BARE[self.mode]:
            least = LEAST_OF_BARE[self.mode]
            found.append(f"{where}: {self.of_bare:.1%} of the bare view, at least {least:.0%}")
        if self.queries[0] != self.queries[1] and self.mode == "uncached":
            found.append(f"{where}: {self.queries[0]} queries become {self.queries[1]}")
        return found


class Load:
    """Asks servers for pages with wrk."""

    def __init__(self, options, folder: Path):
        self.options, self.folder = options, folder

    def measure(self, server: Server, page: dict, *, warm: float = WARM_SECONDS) -> Measured:
        paths, body = self.folder / "paths", self.folder / "body"
        paths.write_text("".join(f"{path}\n" for path in page["paths"]), "utf-8")
        arguments = [str(paths), str(page["status"])]
        if page["body"]:
            body.write_text(page["body"], "utf-8")
            arguments.append(str(body))
        headers = {"Accept-Encoding": "gzip"}
        if not self.options.keep_alive:
            headers["Connection"] = "close"
        if page["cookie"]:
            headers["Cookie"] = page["cookie"]
        self._wrk(server, headers, arguments, warm)
        found = self._wrk(server, headers, arguments, self.options.seconds)
        if found["requests"] < FEWEST:
            found = self._wrk(server, headers, arguments, LONGER * self.options.seconds)
        times = (found[name] or float("inf") for name in ("p50", "p95", "p99"))
        return Measured(
            found["requests"] / found["seconds"],
            *times,
            failures=found["wrong"] + found["broken"],
        )

    def _wrk(self, server, headers, arguments, seconds):
        command = ["wrk", "--threads", "1", "--connections", str(self.options.connections)]
        command += ["--duration", f"{seconds:g}s", "--timeout", "30s", "--latency"]
        command += ["--script", str(ROOT / "benchmarks" / "load.lua")]
        command += [part for pair in headers.items() for part in ("--header", ": ".join(pair))]
        command += [server.url, "--", *arguments]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        server.settle()
        return json.loads(answer.stdout.rpartition("RESULT ")[2])


def environment(options, size: str) -> dict[str, str]:
    """The variables that name the data of `size`; no private link or mail leaves them."""
    variables = {"DATA_DIR": str(options.data / size), "SITE_URL": "http://localhost:8000"}
    if options.database:
        variables["DATABASE_URL"] = options.database.replace("{size}", size)
    return variables


def run(module: str, *arguments: str, variables) -> str:
    """The output of one of our modules in a process of its own."""
    answer = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=os.environ | variables,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if answer.returncode:
        raise SystemExit(f"{module} {' '.join(arguments)} failed.")
    return answer.stdout


def probe(options, size: str, what: str):
    variables = environment(options, size) | {"PAGE_CACHE": "off"}
    return json.loads(run("benchmarks.probe", what, variables=variables))


def make_data(options) -> None:
    """Make the data of both sizes, unless they are there."""
    for size in SIZES:
        if not (options.data / size / MARK).exists():
            print(f"Making up data of the {size} size …", file=sys.stderr)
            variables = environment(options, size)
            print(run("benchmarks.generate", "--scale", size, variables=variables))


def start_again() -> float:
    """Seconds from a second `make run` with the showcase alone to its first answer."""
    with tempfile.TemporaryDirectory(prefix="magelang-load-") as folder:
        variables = {"DATA_DIR": folder}
        for _start in range(2):
            began = time.monotonic()
            for command in (["migrate", "--verbosity", "0"], ["load_showcase"]):
                run("manage", *command, variables=variables)
            with serve(environment=variables):
                seconds = time.monotonic() - began
    return seconds


def measure_all(options, pages, servers, bare) -> list[Row]:
    """Measure each page at both sizes, one right after the other, in each mode."""
    with tempfile.TemporaryDirectory(prefix="magelang-load-") as folder:
        load = Load(options, Path(folder))
        nothing = {"paths": ["/"], "status": 200, "body": "", "cookie": ""}
        of_bare = [load.measure(bare, nothing).rate]
        rows = []
        for name in options.pages or pages["large"]:
            audience = pages["large"][name]["audience"]
            for mode, cache in SERVER_OF.items():
                if cache == "on" and audience not in {"public", "search"}:
                    continue
                # From the cache means: each worker has answered each address once.
                warm = options.seconds if cache == "on" else WARM_SECONDS
                found = {size: [] for size in SIZES}
                for _round in range(options.rounds):
                    for size in SIZES:
                        server, page = servers[cache][size], pages[size][name]
                        if mode == "reader":
                            page = page | {"cookie": page["reader"]}
                        found[size].append(load.measure(server, page, warm=warm))
                middles = [Measured.middle(found[size]) for size in SIZES]
                rows.append(Row(name, audience, mode, *middles, bare=0))
                small, large = (each.p95 for each in middles)
                print(f"{name} {mode}: p95 {small:,.0f} and {large:,.0f} ms", file=sys.stderr)
        of_bare.append(load.measure(bare, nothing).rate)
    for row in rows:
        row.bare = sum(of_bare) / len(of_bare)
    return rows


def print_table(rows) -> None:
    side = f"{'req/s':>8}{'p50':>8}{'p95':>8}{'p99':>8}"
    sides = f"{'small size':^32}{'large size':^32}"
    print(f"\n{'':28}{sides}{'p95':>8}{'of':>8}{'queries':>12}{'processor':>16}")
    print(f"{'':28}{side}{side}{'×':>8}{'bare':>8}{'small large':>12}{'small   large':>16}")
    for row in rows:
        numbers = "".join(
            f"{each.rate:8,.0f}{each.p50:8,.1f}{each.p95:8,.1f}{each.p99:8,.1f}"
            for each in (row.small, row.large)
        )
        costs = f"{row.queries[0]:6}{row.queries[1]:6}{row.work[0]:8.1f}{row.work[1]:8.1f}"
        costs = costs if row.mode == "uncached" else ""
        print(f"{row.name:19}{row.mode:9}{numbers}{row.growth:8.2f}{row.of_bare:8.1%}{costs}")
    print(f"{'bare view':28}{'':32}{rows[0].bare:8,.0f}   (all times in milliseconds)\n")


def missed_by_all(rows, memory, start) -> list[str]:
    """The limits that concern more than one page."""
    found = []
    p95 = {row.name: row.large.p95 for row in rows if row.mode == "uncached"}
    for name in ("catalogue search", "site search"):
        if name in p95 and "innovation" in p95:
            ratio = p95[name] / p95["innovation"]
            if ratio > MOST_SEARCH_TO_INNOVATION:
                found.append(f"{name}: p95 {ratio:.1f} times that of an innovation, at most 3")
    if memory > MOST_WORKER_MIB:
        found.append(f"a worker holds {memory:.0f} MiB, at most {MOST_WORKER_MIB}")
    if start > MOST_START_SECONDS:
        found.append(f"a second start takes {start:.1f} s, at most {MOST_START_SECONDS}")
    return found


def options_of(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, help=f"folder of both ({DATA})")
    parser.add_argument("--database", help="postgres://user:password@host/name_{size}")
    parser.add_argument("--seconds", type=int, default=5, help="for each page (default: 5)")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1, help="of which the median counts")
    parser.add_argument("--pages", nargs="*", help="only these, such as home innovation")
    parser.add_argument(
        "--keep-alive", action="store_true", help="keep connections; else one for each request"
    )
    options = parser.parse_args(arguments)
    if options.database and "{size}" not in options.database:
        parser.error("--database needs {size} in its name: there are two of them")
    options.data = options.data.resolve()
    return options


def main():
    options = options_of()
    # Ended from outside, it still ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if not shutil.which("wrk"):
        raise SystemExit("Install wrk: it asks for the pages.")
    make_data(options)
    pages = {size: probe(options, size, "prepare") for size in SIZES}
    costs = {size: probe(options, size, "costs") for size in SIZES}
    start = start_again()
    with ExitStack() as stack:
        bare = stack.enter_context(serve(BARE, port=free_port()))
        servers = {}
        for cache in ("off", "on"):
            servers[cache] = {
                size: stack.enter_context(
                    serve(environment=environment(options, size) | {"PAGE_CACHE": cache})
                )
                for size in SIZES
            }
        rows = measure_all(options, pages, servers, bare)
        memory = max(
            mib
            for sizes in servers.values()
            for each in sizes.values()
            for mib in each.workers_mib()
        )
    for size in SIZES:
        probe(options, size, "clean")
    for row in rows:
        row.queries, row.work = zip(*(costs[size][row.name] for size in SIZES), strict=True)
    print_table(rows)
    print(f"The largest worker: {memory:.0f} MiB. A second start: {start:.1f} s.")
    missed = [limit for row in rows for limit in row.missed()]
    missed += missed_by_all(rows, memory, start)
    print(
        "\n".join(["", f"Missed ({len(missed)}):", *missed]) if missed else "No limit is missed."
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
