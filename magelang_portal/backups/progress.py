"""How far a long command is: one line in place on a terminal, a line for each step elsewhere."""

import sys
import time
from contextlib import contextmanager

BAR = 24
EVERY = 0.1  # seconds


class Progress:
    """Steps one after the other, each with a total that is known when it begins."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.shown_at = 0.0

    @contextmanager
    def of(self, step: str, total: int):
        """While `step` lasts, `advance` moves its bar towards `total`."""
        self.step, self.total, self.done = step, total, 0
        self.began = time.monotonic()
        yield
        self._write(f"{step}: {self.done:,} in {time.monotonic() - self.began:.1f} s", end="\n")

    def advance(self, count: int = 1) -> None:
        self.done += count
        now = time.monotonic()
        if self.stream.isatty() and now - self.shown_at > EVERY:
            self.shown_at = now
            part = min(1.0, self.done / self.total) if self.total else 1.0
            bar = ("█" * round(BAR * part)).ljust(BAR, "·")
            left = (now - self.began) * (1 - part) / (part or 1)
            self._write(f"{self.step} {bar} {part:4.0%}, {left:.0f} s left", end="")

    def _write(self, text, end):
        self.stream.write(f"\r{text:78}{end}" if self.stream.isatty() else f"{text}{end}")
        self.stream.flush()
