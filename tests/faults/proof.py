"""What must be true when all is over: the books are right to the last event, and a rebuild finds nothing to change."""

from __future__ import annotations

from .ledger import Ledger, derived
from .server import Server


def prove(server: Server, ledger: Ledger, *, exports: bool = False) -> dict[str, int]:
    """Stops the collector if it runs, compares, rebuilds, compares again, with the export too; the counts of a line of results."""
    if server.process is not None and server.process.poll() is None:
        assert server.stop() == 0
    ledger.check(server.file, settled=True)
    before, exported = derived(server.file), _export(server) if exports else ""
    assert before["lead"]
    assert server.command("rebuild")["submissions"] == len(ledger.submissions)
    assert derived(server.file) == before
    assert exported == (_export(server) if exports else "")
    return {
        "events": len(ledger.events),
        "acknowledged": len(ledger.acknowledged),
        "leads": len(before["lead"]),
        "lost": 0,
        "doubled": 0,
        "rebuilds_identical": 1,
    }


def _export(server: Server) -> str:
    done = server.try_command("leads", "export")
    assert done.stdout.count("\n") > 1, done.stderr
    return done.stdout
