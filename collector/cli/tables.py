"""Tables on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # what a terminal would obey


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(heads[0], *(Column(head, justify="right") for head in heads[1:]))
    for name, *numbers in rows:
        table.add_row(Text(OBEYED.sub("\ufffd", name)), *numbers)
    Console().print(table)


def under(*lines: str) -> None:
    Console().print(Text("\n".join(filter(None, lines))))
