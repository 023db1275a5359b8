"""Folders whose names last: fsync keeps a file's bytes, its name is kept only by an fsync of its folder (POSIX)."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def make(folder: Path) -> None:
    """Like `mkdir -p`; what was missing outlives a power cut from then on. Raises OSError."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


def sync(folder: Path) -> None:
    """Returns when every name in the folder is on the disk. Raises OSError."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        return  # a folder that we may write to and not read: nothing can be asked of it
    try:
        os.fsync(handle)
    except OSError as wrong:
        if wrong.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EROFS):  # file systems that know no such thing
            raise
    finally:
        os.close(handle)
