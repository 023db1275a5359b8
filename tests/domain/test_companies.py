"""Companies: by the domain of an address, or of a network; mail providers, carriers and hosting are nobody's."""

from __future__ import annotations

import pytest

from collector.domain import companies
from collector.domain.companies import is_free_mail, of_email, of_network, work_address


@pytest.mark.parametrize(
    ("email", "company"),
    [
        ("camille@durand-fils.fr", "durand-fils.fr"),
        ("camille@paris.durand-fils.fr", "durand-fils.fr"),
        ("a@mail.acme.co.uk", "acme.co.uk"),
        ("a@mairie-nantes.gouv.fr", "mairie-nantes.gouv.fr"),
        ("a@xn--lyse-9oad.fr", "xn--lyse-9oad.fr"),
        ("a@acme.notgmail.com", "notgmail.com"),
        ("a@gmail.com", ""), ("a@orange.fr", ""), ("a@wanadoo.fr", ""), ("a@free.fr", ""), ("a@laposte.net", ""), ("a@sfr.fr", ""), ("a@neuf.fr", ""),
        ("a@bbox.fr", ""), ("a@numericable.fr", ""), ("a@club-internet.fr", ""), ("a@hotmail.fr", ""), ("a@live.fr", ""), ("a@yahoo.fr", ""),
        ("a@outlook.com", ""), ("a@icloud.com", ""), ("a@proton.me", ""), ("a@mailo.com", ""), ("a@gmx.fr", ""), ("a@t-online.de", ""), ("a@skynet.be", ""),
        ("a@bluewin.ch", ""), ("a@yopmail.com", ""), ("a@pro.orange.fr", ""), ("a@localhost", ""), ("a@", ""), ("", ""),
        ("0612345678", ""),
    ],
)  # fmt: skip
def test_an_address_names_a_company_or_a_mail_provider(email: str, company: str) -> None:
    assert of_email(email) == company


def test_the_owner_may_name_more_providers() -> None:
    assert of_email("a@ville.example") == "ville.example"
    assert of_email("a@ville.example", ("ville.example",)) == ""
    assert not is_free_mail("")


@pytest.mark.parametrize(
    ("name", "domain", "kind", "company"),
    [
        ("Thermique Dubois SAS", "thermique-dubois.fr", "business", "thermique-dubois.fr"),
        ("Airbus Operations SAS", "", "", "Airbus Operations SAS"),
        ("Universite de Nantes", "www.univ-nantes.fr", "education", "univ-nantes.fr"),
        ("Orange S.A.", "orange.com", "isp", ""), ("Orange S.A.", "", "", ""), ("Free SAS", "", "", ""), ("PROXAD - Free SAS", "", "", ""),
        ("Societe Francaise Du Radiotelephone - SFR SA", "", "", ""), ("Bouygues Telecom SA", "", "", ""), ("Deutsche Telekom AG", "", "", ""),
        ("OVH SAS", "ovhcloud.com", "", ""), ("AMAZON-02", "amazon.com", "", ""), ("HETZNER-AS", "", "", ""), ("Scaleway S.a.s.", "", "", ""),
        ("Some Hosting Ltd", "", "", ""), ("Acme", "acme.example", "hosting", ""), ("Acme", "acme.example", "residential", ""),
        ("Acme", "acme.example", "cellular", ""), ("", "wanadoo.fr", "", ""), ("", "", "", ""),
    ],
)  # fmt: skip
def test_a_network_is_a_company_unless_it_connects_people_or_houses_machines(name: str, domain: str, kind: str, company: str) -> None:
    assert of_network(name, domain, kind) == company


def test_the_list_is_written_as_addresses_are() -> None:
    for domain in companies.FREE_MAIL:
        assert domain == domain.lower().strip(".")
        assert "." in domain


def test_the_address_of_ones_work_is_the_first_that_is_no_mail_providers() -> None:
    assert work_address(["c@gmail.com", "c@durand.fr", "c@autre.fr"]) == "c@durand.fr"
    assert work_address(["c@gmail.com", "c@durand.fr"], ["durand.fr"]) == "c@gmail.com"
    assert work_address([""]) == work_address([]) == ""
