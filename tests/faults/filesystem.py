"""The file system of `disk.Disk`, mounted by FUSE: python -m tests.faults.filesystem MOUNTPOINT IMAGE

It begins with the image, if there is one. «cut LOSS SEED» on stdin writes to the image what that cut leaves, answers one
line of JSON, and answers no request from then on: kill it. «arm LOSS SEED N» does so by itself in place of the n-th fsync
from then on, when most is at stake. The end of stdin unmounts.
"""

from __future__ import annotations

import errno
import json
import os
import pickle
import stat
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pyfuse3
import trio

from .disk import Disk

CACHED = 3600.0  # seconds; nobody changes anything but through this kernel
SPACE = 1 << 24  # blocks of 4096 bytes: a disk that is not full


class Filesystem(pyfuse3.Operations):
    """Handles are node numbers; writes come through at once, those of mmap when the kernel cleans its pages."""

    def __init__(self, disk: Disk, image: Path) -> None:
        super().__init__()
        self.disk = disk
        self._image = image
        self._armed: tuple[str, str] = ("", "")
        self._syncs_left = 0

    def obey(self, line: str) -> None:
        """A line of stdin. Does not return from a cut."""
        order, loss, seed, *after = line.split()
        if order == "cut":
            _cut(self.disk, loss, seed, self._image)
        self._armed, self._syncs_left = (loss, seed), int(after[0])

    def _sync(self, number: int) -> None:
        self._syncs_left -= 1
        if self._syncs_left == 0:
            _cut(self.disk, *self._armed, self._image)
        self.disk.nodes[number].sync()

    def _child(self, folder: int, name: bytes) -> int:
        try:
            return self.disk.nodes[folder].names[name]
        except KeyError:
            raise pyfuse3.FUSEError(errno.ENOENT) from None

    def _absent(self, folder: int, name: bytes) -> None:
        if name in self.disk.nodes[folder].names:
            raise pyfuse3.FUSEError(errno.EEXIST)

    def _attributes(self, number: int) -> pyfuse3.EntryAttributes:
        node = self.disk.nodes[number]
        made = pyfuse3.EntryAttributes()
        made.st_ino, made.st_mode, made.st_size = number, node.mode, len(node.data)
        made.st_nlink = 2 if node.is_folder else self.disk.links(number)
        made.st_uid, made.st_gid = os.getuid(), os.getgid()
        made.st_blksize, made.st_blocks = 4096, (len(node.data) + 511) // 512
        made.st_atime_ns = made.st_mtime_ns = made.st_ctime_ns = node.changed_at
        made.entry_timeout = made.attr_timeout = CACHED
        return made

    async def lookup(self, parent_inode: int, name: bytes, ctx: Any) -> Any:
        return self._attributes(self._child(parent_inode, name))

    async def getattr(self, inode: int, ctx: Any) -> Any:
        return self._attributes(inode)

    async def setattr(self, inode: int, attr: Any, fields: Any, fh: int | None, ctx: Any) -> Any:
        node = self.disk.nodes[inode]
        if fields.update_size:
            self.disk.write(inode, attr.st_size, None)
        if fields.update_mode:
            node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(attr.st_mode)
        return self._attributes(inode)

    # Names -----------------------------------------------------------------------------------------------------------

    async def mknod(self, parent_inode: int, name: bytes, mode: int, rdev: int, ctx: Any) -> Any:
        self._absent(parent_inode, name)
        return self._attributes(self.disk.make(parent_inode, name, mode))

    async def mkdir(self, parent_inode: int, name: bytes, mode: int, ctx: Any) -> Any:
        self._absent(parent_inode, name)
        return self._attributes(self.disk.make(parent_inode, name, stat.S_IFDIR | stat.S_IMODE(mode)))

    async def create(self, parent_inode: int, name: bytes, mode: int, flags: int, ctx: Any) -> Any:
        self._absent(parent_inode, name)
        number = self.disk.make(parent_inode, name, stat.S_IFREG | stat.S_IMODE(mode))
        return self._opened(number), self._attributes(number)

    async def unlink(self, parent_inode: int, name: bytes, ctx: Any) -> None:
        self._child(parent_inode, name)
        self.disk.rename(parent_inode, {name: None})

    async def rmdir(self, parent_inode: int, name: bytes, ctx: Any) -> None:
        if self.disk.nodes[self._child(parent_inode, name)].names:
            raise pyfuse3.FUSEError(errno.ENOTEMPTY)
        self.disk.rename(parent_inode, {name: None})

    async def link(self, inode: int, new_parent_inode: int, new_name: bytes, ctx: Any) -> Any:
        self._absent(new_parent_inode, new_name)
        self.disk.rename(new_parent_inode, {new_name: inode})
        return self._attributes(inode)

    async def rename(self, parent_inode_old: int, name_old: bytes, parent_inode_new: int, name_new: bytes, flags: int, ctx: Any) -> None:
        number = self._child(parent_inode_old, name_old)
        if flags == pyfuse3.RENAME_NOREPLACE:
            self._absent(parent_inode_new, name_new)
        elif flags:
            raise pyfuse3.FUSEError(errno.EINVAL)
        if parent_inode_old == parent_inode_new:
            self.disk.rename(parent_inode_old, {name_old: None, name_new: number})
        else:
            self.disk.rename(parent_inode_new, {name_new: number})
            self.disk.rename(parent_inode_old, {name_old: None})

    async def opendir(self, inode: int, ctx: Any) -> int:
        return inode

    async def readdir(self, fh: int, start_id: int, token: Any) -> None:
        for place, (name, number) in enumerate(sorted(self.disk.nodes[fh].names.items())):
            if place >= start_id and not pyfuse3.readdir_reply(token, name, self._attributes(number), place + 1):
                return

    async def fsyncdir(self, fh: int, datasync: bool) -> None:
        self._sync(fh)

    # Bytes -----------------------------------------------------------------------------------------------------------

    def _opened(self, number: int) -> pyfuse3.FileInfo:
        return pyfuse3.FileInfo(fh=number, keep_cache=True)  # mmap of the -shm needs the page cache

    async def open(self, inode: int, flags: int, ctx: Any) -> Any:
        return self._opened(inode)

    async def read(self, fh: int, off: int, size: int) -> bytes:
        return bytes(memoryview(self.disk.nodes[fh].data)[off : off + size])

    async def write(self, fh: int, off: int, buf: bytes) -> int:
        self.disk.write(fh, off, bytes(buf))
        return len(buf)

    async def fsync(self, fh: int, datasync: bool) -> None:
        self._sync(fh)

    async def statfs(self, ctx: Any) -> Any:
        made = pyfuse3.StatvfsData()
        made.f_bsize = made.f_frsize = 4096
        made.f_blocks = made.f_bfree = made.f_bavail = SPACE
        made.f_files = made.f_ffree = made.f_favail = SPACE
        made.f_namemax = 255
        return made


def _cut(disk: Disk, loss: str, seed: str, image: Path) -> None:
    at_stake = disk.unsynced()
    with open(image, "wb") as file:
        pickle.dump(disk.after(loss, Random(seed)), file)  # type: ignore[arg-type]
    print(json.dumps(at_stake), flush=True)
    time.sleep(3600)  # the power is off: whoever asks now gets no answer


async def _serve(filesystem: Filesystem) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(pyfuse3.main)
        await trio.lowlevel.wait_readable(0)
        while said := os.read(0, 200).decode():
            for line in said.splitlines():
                filesystem.obey(line)
            await trio.lowlevel.wait_readable(0)
        pyfuse3.terminate()


def main(mountpoint: str, image: Path) -> None:
    """Mounts and serves until the cut or the end of stdin."""
    disk = Disk()
    if image.exists():
        with open(image, "rb") as file:
            disk = pickle.load(file)
    filesystem = Filesystem(disk, image)
    pyfuse3.init(filesystem, mountpoint, {*pyfuse3.default_options, "fsname=powercut", "default_permissions"})
    try:
        print("mounted", flush=True)
        trio.run(_serve, filesystem)
    finally:
        pyfuse3.close(unmount=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
