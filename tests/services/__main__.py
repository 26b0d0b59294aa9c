"""The services by hand, to try a client on. Every request is one line; Ctrl-C shows the bill.

python -m tests.services [--port 8765] [--latency 1.5] [--fault together=429,500,hang] [--rate 0.1 --seed 7]
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence

from assetgen.core.actions import JSON
from tests.services.bill import Bill
from tests.services.faults import Fault
from tests.services.keys import NAMES
from tests.services.server import Services
from tests.services.world import Seen

RANDOM = ("429", "500", "503", "502", "reset", "reset-charged", "cut", "html_200", "delay")
COLOURS = {"together": "35", "replicate": "36", "openai": "32", "google": "34"}
GREEN, YELLOW, RED, DIM, BOLD = "32", "33", "31", "2", "1"


class Screen:
    """Lines for somebody who watches; in colour where they go to a terminal."""

    def __init__(self, bill: Bill) -> None:
        self._bill = bill
        self._colour = sys.stdout.isatty()

    def say(self, text: str = "") -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def request(self, seen: Seen) -> None:
        """One request: when, whose, how it ended, what it cost, the sum so far, and what was done to it."""
        clock = time.strftime("%H:%M:%S", time.localtime(seen.time))
        name = self._paint(COLOURS.get(seen.service, DIM), f"{seen.service or '?':<9}")
        status = self._paint(_status_colour(seen.status), f"{seen.status or '…':>3}")
        amount = f"+{dollars(seen.amount)}" if seen.amount else ""
        total = self._paint(BOLD, f"{dollars(self._bill.total):>11}")
        what = self._paint(DIM, _what(seen))
        fault = self._paint(YELLOW, f"{seen.fault}  ") if seen.fault not in {"", str(seen.status)} else ""
        self.say(f"{self._paint(DIM, clock)}  {name}  {status}  {amount:>11}  {total}  {fault}{what}")

    def addresses(self, services: Services) -> None:
        """What a client's shell needs."""
        self.say("Four services on this machine. Nothing here costs money. In the shell of the client:\n")
        for name, value in services.environment().items():
            self.say(f"export {name}={value}")
        self.say(f"\nBill: {services.origin}/_bill   Violations: {services.origin}/_violations   Ctrl-C ends it.\n")

    def total(self, services: Services) -> None:
        """The bill, and whatever a client should not have done."""
        self.say(self._paint(BOLD, "\nThe bill"))
        for name in NAMES:
            entries = [entry for entry in self._bill.entries if entry.service == name]
            if entries:
                amount = sum(entry.amount for entry in entries)
                lost = sum(not entry.delivered for entry in entries)
                note = self._paint(YELLOW, f"  {lost} of the answers never arrived") if lost else ""
                self.say(f"  {name:<9}  {len(entries):>5} executed  {dollars(amount):>11}{note}")
        whole = self._paint(BOLD, f"{dollars(self._bill.total):>11}")
        self.say(f"  {'total':<9}  {len(self._bill.entries):>5} executed  {whole}")
        if repeated := len(self._bill.repeated()):
            self.say(self._paint(RED, f"  {repeated} bought again although the answer had been delivered"))
        for violation in dict.fromkeys(services.violations):
            self.say(self._paint(RED, f"  {violation}"))

    def _paint(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text


def dollars(micros: int) -> str:
    return f"${micros / 1_000_000:.6f}"


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    # Blocked in every thread and waited for: a handler would be lost on a thread that is just about to sleep.
    ends = (signal.SIGINT, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    services = Services(latency=options.latency, port=options.port, picture_bytes=options.picture_bytes)
    screen = Screen(services.bill)
    services.watch = None if options.quiet else screen.request
    _prepare(services, options)
    with services:
        if options.quiet:
            screen.say(services.origin)
        else:
            screen.addresses(services)
        signal.sigwait(ends)
    if not options.quiet:
        screen.total(services)
    return 0


def _prepare(services: Services, options: argparse.Namespace) -> None:
    for name, faults in options.fault:
        services.faults.script(name, *faults)
    if options.rate:
        services.faults.seeded(options.seed, options.rate, RANDOM)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.services", description="Play four paid services, strictly.")
    parser.add_argument("--port", type=int, default=8765, help="0 takes any that is free")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that a picture or a piece of speech takes")
    parser.add_argument("--picture-bytes", type=int, default=0, help="the least size of a picture")
    parser.add_argument(
        "--fault", type=_faults, action="append", default=[], help="what befalls the first requests: together=429,hang"
    )
    parser.add_argument("--rate", type=float, default=0.0, help="the share of requests that something befalls")
    parser.add_argument("--seed", type=int, default=7, help="which ones")
    parser.add_argument("--quiet", action="store_true", help="print the address alone")
    return parser.parse_args(arguments)


def _faults(text: str) -> tuple[str, list[Fault]]:
    name, _, words = text.partition("=")
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(NAMES)}")
    try:
        return name, [Fault.parse(word) for word in words.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _what(seen: Seen, most: int = 60) -> str:
    """What was asked for: the words of a purchase, else the address."""
    words = _words(seen.body)
    text = f"“{words}”" if seen.where == "create" and words else f"{seen.method} {seen.path}"
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _words(body: JSON) -> str:
    """The prompt or the text, wherever the service has it."""
    if not isinstance(body, dict):
        return ""
    found = (body.get(name) for name in ("prompt", "input", "text"))
    first = next((one for one in found if one), "")
    return first if isinstance(first, str) else _words(first)


def _status_colour(status: int) -> str:
    if not status:
        return RED
    return GREEN if status < 300 else YELLOW if status < 500 else RED


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as error:
        sys.exit(f"The port can't be had: {error.strerror}. Try `--port 0`.")
