"""A PostgreSQL of our own for the tests: a throw-away cluster on a free loopback port, ended with the run."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder of initdb and postgres: on the PATH, or the newest of Debian's."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def _as_postgres() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    owner = pwd.getpwnam("postgres")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def cluster() -> Iterator[str]:
    """Starts a cluster and answers its URL without a database name: postgresql://postgres@127.0.0.1:PORT."""
    tools = binaries()
    assert tools is not None
    who = _as_postgres()
    with tempfile.TemporaryDirectory(prefix="webleads-pg-", ignore_cleanup_errors=True) as folder:
        if who:
            os.chown(folder, int(str(who["user"])), int(str(who["group"])))
            os.chmod(folder, 0o700)
        data = os.path.join(folder, "data")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **who}
        subprocess.run([tools / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **quiet)  # type: ignore[call-overload]
        options = ["-h", "127.0.0.1", "-p", str(port), "-k", folder, "-c", "fsync=off", "-c", "max_connections=60"]
        server = subprocess.Popen([tools / "postgres", "-D", data, *options], **quiet)  # type: ignore[call-overload]
        try:
            ready = [tools / "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
            for _ in range(150):
                if subprocess.run(ready, stdout=subprocess.DEVNULL, check=False).returncode == 0:
                    break
                time.sleep(0.1)
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)
