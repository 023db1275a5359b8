"""Which secret opens a proof."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from collector.domain.proofs import kept, opens


@given(st.text(), st.text())
def test_a_proof_is_opened_by_its_own_secret_alone(secret: str, other: str) -> None:
    told = sha256(secret.encode("utf-8", "replace")).hexdigest()
    assert len(kept(told)) == 43
    assert opens(secret, kept(told))
    assert opens(secret, told), "as it was kept before"
    assert opens(other, kept(told)) == (other.encode("utf-8", "replace") == secret.encode("utf-8", "replace"))


def test_what_is_no_digest_is_kept_cut_and_opened_by_nothing() -> None:
    assert kept("x" * 200) == "x" * 100
    assert kept("") == ""
    assert not opens("", "")
    assert not opens("x", "x")
