"""How heavy and how fast the pages are that most people see, against the portal's budgets.

Run with `make benchmark`, or `make benchmark ARGS=--lighthouse`. It serves the showcase the way
`make run` does, on a port and from a folder of its own, and loads each page into an empty Chromium
on a slow telephone: 150 ms and 1.6 Mbit/s away, with a processor four times slower than this one.
It ends with 1 where a budget is missed. Timings belong to the machine: compare them on one alone.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median

import django
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import sync_playwright

from benchmarks.serving import free_port, serve

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# The newest that still runs on Node 20; fetched by npx where it is asked for.
LIGHTHOUSE = "lighthouse@12.8.2"
LIGHTHOUSE_ATTEMPTS = 3

LANGUAGES = ("id", "en")
PAGES = {
    "home": partial(reverse, "home"),
    "catalogue": partial(reverse, "innovations:list"),
    "innovation": partial(reverse, "innovations:detail", args=["data-go"]),
    "visit": partial(reverse, "visits:detail", args=["2019-09-04-kemensos"]),
    "registration": partial(reverse, "visits:register"),
}
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True}
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
CPU_SLOWED = 4

OBSERVE = """
window.paints = [];
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) paints.push([entry.startTime, entry.element?.outerHTML]);
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
# Pictures that wait for the reader may move what is around them as they arrive.
SCROLL_THROUGH = """async () => {
  for (let top = 0; top < document.body.scrollHeight; top += innerHeight / 2) {
    scrollTo({ top, behavior: "instant" });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}"""


@dataclass(frozen=True)
class Column:
    """A number of the table: its heading, how it is written, and the budget it has to keep."""

    heading: str
    form: str
    most: float = float("inf")
    least: float = 0

    def allows(self, value):
        return self.least <= value <= self.most


COLUMNS = {
    "bytes": Column("bytes", "{:,.0f}", most=60_000),
    "document": Column("HTML", "{:,.0f}"),
    "stylesheet": Column("CSS", "{:,.0f}"),
    "script": Column("JS", "{:,.0f}"),
    "font": Column("fonts", "{:,.0f}"),
    "requests": Column("requests", "{:.0f}", most=12),
    "paint": Column("LCP ms", "{:,.0f}", most=1500),
    "shift": Column("CLS", "{:.3f}", most=0.0199),
    "performance": Column("performance", "{:.0f}", least=98),
    "accessibility": Column("accessibility", "{:.0f}", least=100),
    "best-practices": Column("best practices", "{:.0f}", least=100),
    "seo": Column("SEO", "{:.0f}", least=100),
}


@dataclass
class Row:
    page: str
    numbers: dict
    remarks: list = field(default_factory=list)

    @property
    def missed(self):
        """The columns whose budget this page does not keep."""
        return [name for name, value in self.numbers.items() if not COLUMNS[name].allows(value)]


@contextmanager
def portal():
    """The address of a portal with the showcase, served as `make run` serves it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="magelang-benchmark-") as folder:
        os.environ |= {
            "DATA_DIR": folder,
            "PORT": str(port),
            "SITE_URL": f"http://localhost:{port}",
            "DJANGO_SETTINGS_MODULE": "magelang_portal.settings",
        }
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("load_showcase")
        with serve(port=port):
            yield f"http://localhost:{port}"


def load(browser, address):
    """What one visit with an empty cache costs: its numbers, and what was painted largest."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.add_init_script(OBSERVE)
    devtools = context.new_cdp_session(page)
    kinds, sizes = {}, Counter()
    devtools.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    devtools.on(
        "Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]})
    )
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWED})
    page.goto(address, wait_until="networkidle")
    page.wait_for_function("paints.length > 0")
    paint, element = page.evaluate("paints.at(-1)")
    before_scrolling = dict(kinds)
    page.evaluate(SCROLL_THROUGH)
    shift = page.evaluate("shifts")
    context.close()
    by_kind = Counter()
    for request, kind in before_scrolling.items():
        by_kind[kind.lower()] += sizes[request]
    numbers = {
        "bytes": by_kind.total() - by_kind["image"],
        **{kind: by_kind[kind] for kind in ("document", "stylesheet", "script", "font")},
        "requests": len(before_scrolling),
        "paint": paint,
        "shift": shift,
    }
    return numbers, element


def measure(browser, address, runs):
    _first, *loads = [load(browser, address) for _run in range(runs + 1)]
    numbers = {name: median(each[name] for each, _ in loads) for name in loads[0][0]}
    return numbers, [f"largest paint: {' '.join(loads[-1][1].split())[:110]}"]


def report_of_lighthouse(address):
    """Lighthouse's report with its own mobile settings."""
    command = ["npx", "--yes", LIGHTHOUSE, address, "--output=json", "--quiet"]
    command += [f"--chrome-flags=--headless=new {' '.join(CHROMIUM_FLAGS)}"]
    # Now and then it loses the trace of Chromium and asks to be run again; low scores stand.
    for _attempt in range(LIGHTHOUSE_ATTEMPTS):
        answer = subprocess.run(  # noqa: S603 (our own command)
            command,
            check=False,
            env=os.environ | {"CHROME_PATH": CHROMIUM},
            stdout=subprocess.PIPE,
        )
        if answer.returncode == 0:
            report = json.loads(answer.stdout)
            if None not in {each["score"] for each in report["categories"].values()}:
                return report
    raise SystemExit(f"Lighthouse gave no report of {address} in {LIGHTHOUSE_ATTEMPTS} attempts.")


def ask_lighthouse(address):
    """Lighthouse's four scores, and the audits that cost points."""
    report = report_of_lighthouse(address)
    scores = {name: 100 * each["score"] for name, each in report["categories"].items()}
    remarks = [
        f"{name}: {audit['id']} {audit.get('displayValue', '')} ({audit['title']})"
        for name, category in report["categories"].items()
        for reference in category["auditRefs"]
        if reference["weight"]
        and (audit := report["audits"][reference["id"]])["score"] not in {None, 1}
    ]
    return scores, remarks


def print_table(rows):
    columns = [COLUMNS[name] for name in rows[0].numbers]
    print(" ".join([f"{'page':16}", *(f"{column.heading:>15}" for column in columns)]))
    for row in rows:
        cells = []
        for name, value in row.numbers.items():
            mark = "✗" if name in row.missed else " "
            cells.append(f"{COLUMNS[name].form.format(value) + mark:>15}")
        print(" ".join([f"{row.page:16}", *cells]))
    print("\n✗ misses its budget: 60,000 bytes without pictures (headers included), 12 requests,")
    print("LCP 1,500 ms, CLS under 0.02, Lighthouse 98 for performance and 100 for the others.\n")
    for row in rows:
        for remark in row.remarks:
            print(f"{row.page}: {remark}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--lighthouse", action="store_true", help="ask Lighthouse too (needs npx)")
    parser.add_argument("--runs", type=int, default=5, help="visits to each page (default: 5)")
    parser.add_argument("--pages", nargs="*", choices=PAGES, default=list(PAGES))
    options = parser.parse_args()
    rows = []
    with portal() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        for language in LANGUAGES:
            for page in options.pages:
                with override(language):
                    address = site + PAGES[page]()
                print(f"{page} {language} …", file=sys.stderr)
                row = Row(f"{page} {language}", *measure(browser, address, options.runs))
                if options.lighthouse:
                    scores, remarks = ask_lighthouse(address)
                    row.numbers |= scores
                    row.remarks += remarks
                rows.append(row)
        browser.close()
    print_table(rows)
    return 1 if any(row.missed for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
