"""Which company an address is of, by a file of networks (.mmdb) that the owner brings. The address is looked up and forgotten.

Off unless the setting names a file. Nobody is looked up who has not agreed to be known: without a visitor's id nothing is asked.
"""

from __future__ import annotations

from pathlib import Path

import maxminddb
from maxminddb import InvalidDatabaseError

from ..domain import companies


class BadNetworks(ValueError):
    """The file is not there, or is no file of networks; the message says which."""


class Networks:
    """The file, open."""

    def __init__(self, file: str) -> None:
        """Raises BadNetworks."""
        path = Path(file)
        if not path.is_file():
            raise BadNetworks(f"networks: {path}: no such file")
        try:
            self._reader = maxminddb.open_database(path)
        except (InvalidDatabaseError, OSError, ValueError) as wrong:
            raise BadNetworks(f"networks: {path}: {wrong}") from None

    def company(self, client: str) -> str:
        """The company of an address, or of a network as `rate.client_of` writes it; empty where none is known."""
        try:
            found = self._reader.get(client.partition("/")[0])
        except (ValueError, InvalidDatabaseError):
            return ""
        return companies.of_record(found)

    def close(self) -> None:
        """Lets the file go."""
        self._reader.close()
