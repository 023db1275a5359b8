"""A disk in memory that knows what a power cut would leave of it: what was fsynced, and what chance adds."""

from __future__ import annotations

import stat
import time
from itertools import pairwise
from random import Random
from typing import Literal

# data: bytes that were not fsynced are gone, names are durable at once, as with most journalling file systems.
# names: names made, moved or removed since the last fsync of their folder are gone too, as POSIX allows.
# torn: any 512-byte sectors of what was not fsynced may be there, in any mixture, and the first few changes of names.
Loss = Literal["data", "names", "torn"]
LOSSES: tuple[Loss, ...] = ("data", "names", "torn")
ROOT = 1
SECTOR = 512


class Node:
    """A file or a folder: as it is, as it was when last fsynced (`kept…`), and every change between the two in order."""

    def __init__(self, mode: int) -> None:
        self.mode = mode
        self.changed_at = time.time_ns()
        self.data = bytearray()
        self.kept_data = bytearray()
        self.writes: list[tuple[int, bytes | None]] = []  # (offset, bytes), or (size, None) of a resize
        self.names: dict[bytes, int] = {}
        self.kept_names: dict[bytes, int] = {}
        self.renames: list[dict[bytes, int | None]] = []  # what happens at once: name → number, None where it goes

    @property
    def is_folder(self) -> bool:
        """Whether it holds names instead of bytes."""
        return stat.S_ISDIR(self.mode)

    def sync(self) -> None:
        """fsync: all that was changed is kept from now on. A folder's own name is its parent's matter."""
        for write in self.writes:
            _apply(self.kept_data, write)
        for change in self.renames:
            _rename(self.kept_names, change)
        self.writes, self.renames = [], []

    def after(self, loss: Loss, dice: Random) -> Node:
        """What a cut leaves of it."""
        left = Node(self.mode)
        left.data = bytearray(self.kept_data)
        left.names = dict(self.kept_names)
        first = {"data": len(self.renames), "names": 0, "torn": dice.randint(0, len(self.renames))}[loss]
        for change in self.renames[:first]:
            _rename(left.names, change)
        if loss == "torn":
            chance = dice.random()
            for write in self.writes:
                for piece in _sectors(*write):
                    if dice.random() < chance:
                        _apply(left.data, piece)
        left.kept_data, left.kept_names = bytearray(left.data), dict(left.names)
        return left


def _apply(data: bytearray, write: tuple[int, bytes | None]) -> None:
    place, piece = write
    if piece is None:
        del data[place:]
        data.extend(bytes(place - len(data)))
    else:
        data.extend(bytes(max(0, place - len(data))))
        data[place : place + len(piece)] = piece


def _rename(names: dict[bytes, int], change: dict[bytes, int | None]) -> None:
    for name, number in change.items():
        if number is None:
            names.pop(name, None)
        else:
            names[name] = number


def _sectors(place: int, piece: bytes | None) -> list[tuple[int, bytes | None]]:
    if piece is None:
        return [(place, None)]
    edges = [place, *range(place - place % SECTOR + SECTOR, place + len(piece), SECTOR), place + len(piece)]
    return [(edge, piece[edge - place : end - place]) for edge, end in pairwise(edges)]


class Disk:
    """Nodes by number. Nothing is forgotten before the next cut: a file may be open after its name has gone."""

    def __init__(self) -> None:
        self.nodes = {ROOT: Node(stat.S_IFDIR | 0o755)}
        self._next = ROOT + 1

    def make(self, folder: int, name: bytes, mode: int) -> int:
        """A new empty file or folder; its number."""
        number = self._next
        self._next += 1
        self.nodes[number] = Node(mode)
        self.rename(folder, {name: number})
        return number

    def rename(self, folder: int, change: dict[bytes, int | None]) -> None:
        """Names of a folder come and go in one step."""
        node = self.nodes[folder]
        node.renames.append(change)
        _rename(node.names, change)
        node.changed_at = time.time_ns()

    def write(self, number: int, place: int, piece: bytes | None) -> None:
        """Bytes at an offset, or None: the file's size becomes `place`."""
        node = self.nodes[number]
        node.writes.append((place, piece))
        _apply(node.data, (place, piece))
        node.changed_at = time.time_ns()

    def links(self, number: int) -> int:
        """How many names a node has."""
        return sum(held == number for node in self.nodes.values() for held in node.names.values())

    def after(self, loss: Loss, dice: Random) -> Disk:
        """The disk after a cut: every node that a name still leads to."""
        left = Disk()
        left._next = self._next
        left.nodes = {}
        waiting = [ROOT]
        while waiting:
            number = waiting.pop()
            if number not in left.nodes:
                left.nodes[number] = self.nodes[number].after(loss, dice)
                waiting += left.nodes[number].names.values()
        return left

    def unsynced(self) -> dict[str, int]:
        """How much a cut puts at stake now: bytes of data, changes of names."""
        data = sum(len(piece or b"") for node in self.nodes.values() for _place, piece in node.writes)
        return {"bytes": data, "names": sum(len(node.renames) for node in self.nodes.values())}
