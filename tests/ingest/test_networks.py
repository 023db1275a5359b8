"""Companies by a file of networks: looked up for those who agreed, and the address kept nowhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path

import netaddr
import pytest
from mmdb_writer import MMDBWriter

from collector.domain import companies
from collector.ingest.networks import BadNetworks, Networks
from tests.builders import SITE, body, form, view
from tests.faults.asking import now
from tests.serving import Served, serving

from .conftest import ask

ACME, CARRIER, HOSTING, SIX = "203.0.113.77", "198.51.100.7", "192.0.2.9", "2001:db8:7:7::5"
AGREED, REFUSED = "vAGREEDAAAAAAAAAAAAAAA", "vREFUSEDAAAAAAAAAAAAAA"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of four networks, laid out in three of the ways that there are."""
    made = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-ASN")
    made.insert_network(
        netaddr.IPSet([f"{ACME}/24"]), {"autonomous_system_number": 64500, "autonomous_system_organization": "Acme Industries SA"}
    )
    made.insert_network(
        netaddr.IPSet([f"{CARRIER}/24"]), {"autonomous_system_number": 3215, "autonomous_system_organization": "Orange S.A."}
    )
    made.insert_network(netaddr.IPSet([f"{HOSTING}/24"]), {"company": {"name": "Acme Racks", "domain": "racks.example", "type": "hosting"}})
    made.insert_network(
        netaddr.IPSet(["2001:db8:7:7::/64"]), {"company": {"name": "Usine Six", "domain": "www.usine-six.fr", "type": "business"}}
    )
    path = tmp_path_factory.mktemp("networks") / "test.mmdb"
    made.to_db_file(str(path))
    return path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, file: Path) -> Iterator[Served]:
    """A collector behind a proxy that it trusts, with the file, that logs all there is."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, WEBLEADS_NETWORKS=str(file), WEBLEADS_TRUSTED_PROXIES="127.0.0.1", WEBLEADS_LOG_LEVEL="debug") as running:
        running.command("site", "add", "example.com", "--id", str(SITE))
        yield running


@pytest.mark.parametrize(
    ("address", "company"),
    [
        (ACME, "Acme Industries SA"), (SIX, "usine-six.fr"), ("2001:db8:7:7::/64", "usine-six.fr"), (CARRIER, ""), (HOSTING, ""), ("127.0.0.1", ""),
        ("", ""), ("unix:", ""), ("x" * 64, ""),
    ],
)  # fmt: skip
def test_an_address_is_a_companys_or_nobodys(file: Path, address: str, company: str) -> None:
    with closing(Networks(str(file))) as networks:
        assert networks.company(address) == company


@pytest.mark.parametrize(
    "record",
    [None, 5, [], {}, {"company": 5, "traits": "x"}, {"name": {"en": "x"}}, {"traits": {"is_hosting_provider": True, "isp": "Acme"}}],
)
def test_a_row_that_cannot_be_read_is_nobodys(record: object) -> None:
    assert companies.of_record(record) == ""


def test_a_row_of_each_layout_is_read() -> None:
    assert companies.of_record({"traits": {"organization": "Acme", "isp": "Orange", "user_type": "business"}}) == "Acme"
    assert companies.of_record({"traits": {"organization": "Acme", "user_type": "residential"}}) == ""
    assert companies.of_record({"as_name": "Acme", "as_domain": "acme.example", "asn": "AS1"}) == "acme.example"


def test_a_file_that_is_none_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "bad.mmdb").write_bytes(b"nothing of the kind")
    for name in ("bad.mmdb", "none.mmdb"):
        with pytest.raises(BadNetworks, match=name):
            Networks(str(tmp_path / name))


def _send(served: Served, address: str, visitor: str | None, consent: str, email: str) -> None:
    at = now()
    made = body(view(at), form(at + 1, email), visitor=visitor, consent=consent, sent=at + 2)
    assert ask(served, made, X_Forwarded_For=address).status == 204


def test_the_company_is_kept_and_the_address_is_not(served: Served) -> None:
    """In no value of no row, in no form that an address can be written in, and in no log; of who did not agree nothing is looked up."""
    _send(served, ACME, AGREED, "granted", "agreed@orange.fr")
    _send(served, SIX, "vSIXAAAAAAAAAAAAAAAAAA", "granted", "six@gmail.com")
    _send(served, CARRIER, "vCARRIERAAAAAAAAAAAAAA", "granted", "carrier@orange.fr")
    _send(served, ACME, None, "unset", "audience@orange.fr")
    _send(served, ACME, REFUSED, "denied", "refused@orange.fr")
    _send(served, ACME, "vDECLAREDAAAAAAAAAAAAA", "granted", "declared@durand-fils.fr")
    named = "SELECT lead.email, company, told_by FROM company_lead JOIN lead ON lead.id = lead_id ORDER BY 1"
    with closing(sqlite3.connect(served.folder / "data" / "webleads.sqlite")) as conn:
        assert conn.execute(named).fetchall() == [
            ("agreed@orange.fr", "Acme Industries SA", "network"),
            ("declared@durand-fils.fr", "durand-fils.fr", "email"),
            ("six@gmail.com", "usine-six.fr", "network"),
        ]
        assert conn.execute("SELECT count(*) FROM event WHERE visitor IS NULL AND data LIKE '%Acme%'").fetchall() == [(0,)]
        tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = b"\n".join(_bytes(value) for table in tables for row in conn.execute(f'SELECT * FROM "{table}"') for value in row)
    log = (served.folder / "stderr.txt").read_bytes()
    for address in (ACME, SIX, CARRIER):
        for form_of in _forms(address):
            assert form_of not in kept, (address, form_of)
            assert form_of not in log, (address, form_of)


def _forms(address: str) -> list[bytes]:
    """Every way in which an address, or the network around it, may be written."""
    one = ip_address(address)
    written = [
        address,
        one.exploded,
        one.compressed,
        str(int(one)),
        one.packed.hex(),
        one.reverse_pointer,
        address.rpartition(":")[0] or address.rpartition(".")[0],
    ]
    return [one.packed, *(text.encode() for text in written)]


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def test_erasure_takes_the_company_too(served: Served) -> None:
    served.command("erase", "agreed@orange.fr")
    with closing(sqlite3.connect(served.folder / "data" / "webleads.sqlite")) as conn:
        assert conn.execute("SELECT count(*) FROM company_lead WHERE told_by = 'network' AND company LIKE 'Acme%'").fetchall() == [(0,)]
        assert conn.execute("SELECT count(*) FROM event WHERE data LIKE '%Acme%' AND visitor = ?", (AGREED,)).fetchall() == [(0,)]
