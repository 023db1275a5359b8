"""A file or folder that may not be written (R6): 503 and a clear log while it runs, a clear end of a start, and all is well after."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

from .asking import ask, form, get, view
from .server import Server

pytestmark = pytest.mark.fault(id="R6", minutes=1)


def _unprivileged(server: Server, needed: Callable[[str | None, str], str]) -> None:
    """Root, too, is bound by file modes then: the right to override them is given away for good."""
    if os.geteuid() == 0:
        setpriv = needed(shutil.which("setpriv"), "setpriv (Debian package util-linux), where the tests are run by root")
        server.before = [setpriv, "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"]


def _said(server: Server) -> str:
    """The message of a command that failed, out of its frame."""
    return " ".join(server.errors.translate(str.maketrans("│╭╮╰╯─", "      ")).split())


def test_a_start_on_a_file_that_may_not_be_written_ends_and_says_which(stopped: Server, needed: Callable[[str | None, str], str]) -> None:
    _unprivileged(stopped, needed)
    stopped.file.chmod(0o400)
    stopped.launch()
    assert stopped.process is not None
    assert stopped.process.wait(60) == 1
    assert "Traceback" not in stopped.errors
    assert f"Permission denied: {stopped.file}" in _said(stopped)
    stopped.file.chmod(0o600)
    stopped.start()
    assert ask(stopped, view()).status == 204


def test_a_start_in_a_folder_that_may_not_be_written_ends_and_says_which(stopped: Server, needed: Callable[[str | None, str], str]) -> None:
    _unprivileged(stopped, needed)
    for name in ("out.txt", "err.txt"):
        (stopped.folder / name).touch()
    stopped.folder.chmod(0o500)
    try:
        stopped.launch()
        assert stopped.process is not None
        assert stopped.process.wait(60) == 1
        assert "Traceback" not in stopped.errors
        assert f"the database {stopped.file} says:" in _said(stopped)
    finally:
        stopped.folder.chmod(0o700)


def test_a_folder_that_is_locked_under_a_running_collector_loses_nothing_acknowledged(
    stopped: Server, needed: Callable[[str | None, str], str]
) -> None:
    _unprivileged(stopped, needed)
    stopped.start()
    assert ask(stopped, form()).status == 204
    stopped.folder.chmod(0o500)
    try:
        assert ask(stopped, form()).status in (204, 503)  # open files may be written on
        assert get(stopped, "/readyz")[0] == 200
    finally:
        stopped.folder.chmod(0o700)
    assert ask(stopped, form()).status == 204
    assert stopped.stop() == 0
