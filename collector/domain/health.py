"""What `webleads doctor` makes of what it sees: each check ends in one finding. The words are in `present.health`."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from urllib.parse import urlsplit

from msgspec import Struct

from . import clocks

MB = 1_000_000
LOW, LOWEST = 200 * MB, 50 * MB  # below them views, and then everything, is told to wait
TIGHT = 1_000 * MB
WAL_LARGE = 256 * MB
OLDEST_POSTGRES = 14
KINDS = ("leads", "history", "audience", "refused")


class Finding(Struct, frozen=True):
    """`level` is ok, hint or wrong; `code` names the sentence, `values` are what stands in it."""

    check: str
    level: str
    code: str
    values: dict[str, object] = {}


def file(path: str, mode: int, size: int, faults: list[str], *, whole: bool = True) -> Finding:
    """A database's file: its mode, and what SQLite finds wrong in it (`ok` where nothing is); `whole` says that all of it was read."""
    if faults != ["ok"]:
        return Finding("file", "wrong", "file-damaged", {"file": path, "said": faults[0] if faults else ""})
    if mode & 0o077:
        return Finding("file", "wrong", "file-open", {"file": path, "mode": f"{mode & 0o777:o}"})
    return Finding("file", "ok", "file-ok" if whole else "file-there", {"file": path, "mb": _mb(size)})


def schema(stored: str | None, newest: str, known: bool) -> Finding:
    """The schema's version; `known` says that this version of the product knows it."""
    values: dict[str, object] = {"stored": stored or "", "newest": newest}
    if stored == newest:
        return Finding("schema", "ok", "schema-ok", values)
    return Finding("schema", "hint", "schema-older", values) if known else Finding("schema", "wrong", "schema-newer", values)


def wal(size: int) -> Finding:
    """The size of the -wal file: a reader that never ends keeps it from being emptied."""
    return Finding("wal", *(("ok", "wal-ok") if size < WAL_LARGE else ("wrong", "wal-large")), {"mb": _mb(size)})


def pages(free: int, count: int, size: int) -> Finding:
    """Pages of the file that hold nothing any more."""
    share = 100 * free // max(1, count)
    many = share >= 50 and free * size >= 100 * MB
    return Finding("pages", *(("hint", "pages-free") if many else ("ok", "pages-ok")), {"share": share, "mb": _mb(free * size)})


def library(version: str) -> Finding:
    """SQLite's own version: from 3.7.0 to 3.51.2, but for 3.44.6 and 3.50.7, two checkpointing connections can lose commits."""
    return Finding("sqlite", *(("hint", "sqlite-bug") if has_reset_bug(version) else ("ok", "sqlite-ok")), {"version": version})


def has_reset_bug(version: str) -> bool:
    """Whether a version of SQLite has the WAL-reset bug (sqlite.org/wal.html#walresetbug)."""
    major, minor, patch = (*map(int, version.split(".")[:3]), 0, 0)[:3]
    mended = {44: 6, 50: 7}
    return (3, 7, 0) <= (major, minor, patch) <= (3, 51, 2) and patch < mended.get(minor, patch + 1)


def disk(free: int, size: int) -> Finding:
    """Room on the disk of a database of that size."""
    values: dict[str, object] = {"mb": _mb(free), "low": _mb(LOW), "lowest": _mb(LOWEST)}
    if free < LOW:
        return Finding("disk", "wrong", "disk-lowest" if free < LOWEST else "disk-low", values)
    return Finding("disk", *(("hint", "disk-tight") if free < max(TIGHT, size) else ("ok", "disk-ok")), values)


def clock(now: int, known: int) -> Finding:
    """The clock, beside the last time that is known."""
    values: dict[str, object] = {"now": now, "known": known}
    if clocks.is_ahead(now, known):
        return Finding("clock", "wrong", "clock-ahead", values)
    return Finding("clock", *(("wrong", "clock-behind") if clocks.is_behind(now, known) else ("ok", "clock-ok")), values)


def proxy(url: str, trusted: tuple[str, ...]) -> Finding:
    """Whose X-Forwarded-For is believed, and whether somebody seems to stand in front."""
    values: dict[str, object] = {"trusted": ", ".join(trusted)}
    if any(ip_network(one, strict=False).prefixlen == 0 for one in trusted):
        return Finding("proxy", "wrong", "proxy-everyone", values)
    if url.startswith("https://") and not trusted:
        return Finding("proxy", "hint", "proxy-none", values)
    return Finding("proxy", "ok", "proxy-ok" if trusted else "proxy-direct", values)


def address(url: str, status: int, said: str) -> Finding:
    """The public address; `status` 0 where nobody answered, and then `said` tells why."""
    values: dict[str, object] = {"url": url, "said": said or f"HTTP {status}"}
    if not url:
        return Finding("address", "hint", "address-none", values)
    if status != 200:
        return Finding("address", "wrong", "address-silent", values)
    host = urlsplit(url).hostname or ""
    bare = url.startswith("http://") and host not in ("localhost", "127.0.0.1", "::1")
    return Finding("address", *(("hint", "address-bare") if bare else ("ok", "address-ok")), values)


def tag(url: str, status: int, same: bool) -> Finding:
    """The tag at the public address."""
    values: dict[str, object] = {"url": f"{url}/js", "status": status}
    if status != 200:
        return Finding("tag", "wrong", "tag-missing", values)
    return Finding("tag", *(("ok", "tag-ok") if same else ("wrong", "tag-other")), values)


def mail(host: str, said: str) -> Finding:
    """The mail server; `said` names why it would take no letter, and is empty where it would."""
    values: dict[str, object] = {"host": host, "said": said}
    if not host:
        return Finding("mail", "hint", "mail-none", values)
    return Finding("mail", *(("wrong", "mail-silent") if said else ("ok", "mail-ok")), values)


def secret(path: str, mode: int | None, needed: bool, fits: bool) -> Finding:
    """The secret: its mode (None: there is none), whether the database has identifiers, and whether they are its own."""
    values: dict[str, object] = {"file": path, "mode": "" if mode is None else f"{mode & 0o777:o}"}
    if mode is None:
        return Finding("secret", *(("wrong", "secret-gone") if needed else ("hint", "secret-none")), values)
    if not fits:
        return Finding("secret", "wrong", "secret-other", values)
    return Finding("secret", *(("wrong", "secret-open") if mode & 0o077 else ("ok", "secret-ok")), values)


def seal(file: str, mode: int | None, keys: Mapping[str, str], newest: str, said: str) -> Finding:
    """The setting `seal`, the key file's mode, what the database says of its keys (name → state), and why they do not fit (or empty)."""
    values: dict[str, object] = {"file": file, "mode": "" if mode is None else f"{mode & 0o777:o}", "said": said}
    values |= {"key": ", ".join(keys), "newest": newest}
    if said:
        return Finding("seal", "wrong", "seal-wrong", values)
    if file and mode is not None and mode & 0o077:
        return Finding("seal", "wrong", "seal-open", values)
    if not keys:
        return Finding("seal", *(("hint", "seal-waits") if file else ("ok", "seal-off")), values)
    if list(keys.values()) != ["sealed"]:
        return Finding("seal", "hint", "seal-between", values)
    return Finding("seal", *(("ok", "seal-on") if newest in keys else ("hint", "seal-newer")), values)


def retention(account: int, kept: Mapping[str, tuple[int, int]]) -> Finding:
    """How long an account keeps things: kind → (months, days)."""
    missing = [kind for kind in KINDS if not any(kept.get(kind, (0, 0)))]
    if missing:
        return Finding("retention", "wrong", "retention-none", {"account": account, "kinds": ", ".join(missing)})
    values = {kind: kept[kind][0] if kind != "refused" else kept[kind][1] for kind in KINDS}
    return Finding("retention", "ok", "retention-ok", {"account": account, **values})


def site(id: int, domain: str, last: int | None, quiet: bool) -> Finding:
    """When a site was last heard."""
    values: dict[str, object] = {"id": id, "domain": domain, "last": last or 0}
    if last is None:
        return Finding("site", "hint", "site-unheard", values)
    return Finding("site", *(("hint", "site-quiet") if quiet else ("ok", "site-heard")), values)


def postgres(version: str, ms: int) -> Finding:
    """A PostgreSQL that answers."""
    major = version.split(".", maxsplit=1)[0]
    old = major.isdigit() and int(major) < OLDEST_POSTGRES
    return Finding("postgres", *(("hint", "postgres-old") if old else ("ok", "postgres-ok")), {"version": version, "ms": ms})


def _mb(size: int) -> int:
    return size // MB
