"""How long a user waits for the first screen, beside the smallest program that Typer allows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.processes import paired
from tests.bench.report import Figure

HELLO = """
import typer

app = typer.Typer()


@app.command()
def hello(name: str = "world") -> None:
    print("hello", name)


@app.command()
def goodbye(name: str = "world") -> None:
    print("goodbye", name)


app()
"""


def figures(runs: int = 15) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO)
        helped = paired(["-m", "assetgen", "--help"], [str(hello), "--help"], runs)
        said = paired(["-m", "assetgen", "--version"], [str(hello), "hello"], runs)
    return [
        Figure("`assetgen --help`", helped[0], "a Typer hello world's `--help`", helped[1], 1.3),
        Figure("`assetgen --version`", said[0], "a Typer hello world", said[1], 1.3),
    ]
