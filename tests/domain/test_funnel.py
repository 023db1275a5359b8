"""A form's funnel from the keys of rollups."""

from __future__ import annotations

from collector.domain.funnel import Field, Funnel, fields_of, key_of, steps_of, whole


def test_steps_and_fields_are_read_from_keys_and_the_rest_tells_of_nobody() -> None:
    assert steps_of({"contact\x1fstart": 5, "contact\x1fconfirmed": 2, "~": 3, "contact\x1fdanced": 1}) == {
        "contact": {"start": 5, "confirmed": 2}
    }
    keys = {
        "contact\x1fabandon\x1ftel": 3,
        "contact\x1finvalid\x1ftel": 1,
        "contact\x1fabandon\x1fnom": 3,
        "other\x1fabandon\x1fx": 9,
        "~": 1,
    }
    assert fields_of(keys, "contact") == [Field("tel", 3, 1), Field("nom", 3, 0)]
    assert key_of("a\x1fb") == "a b"


def test_what_was_sent_is_what_became_of_it() -> None:
    one = Funnel(views=10, start=6, confirmed=2, failed=1, unknown=1, leads=3)
    assert (one.sent, one.reached) == (4, 10)
    assert Funnel(start=5).reached == 5, "a form may be begun by who may not be watched looking at it"
    assert whole([one, one]) == Funnel(20, 12, 4, 2, 2, 6)
