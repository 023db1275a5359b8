"""What an engine cannot do, with the cause. Such a test must fail there: one that passes again is taken off this list."""

from __future__ import annotations

import pytest

# (engine, test or test[case]) → cause
CAUSES: dict[tuple[str, str], str] = {
    ("webkit", "test_a_network_that_is_gone"): "WebDriver has no word for a network that is gone",
    ("webkit", "test_who_was_offline_is_heard_when_the_network_is_back"): "WebDriver has no word for a network that is gone",
    (
        "webkit",
        "test_what_was_sent_before_any_judge_was_there_leaves_as_a_loss_only",
    ): "WebKitGTK 2.50 fires neither pagehide nor visibilitychange on a page that is left before its load event",
    (
        "webkit",
        "test_a_refused_answer_is_a_failed_sending",
    ): "WebKitGTK 2.50 does not tell the status of an answer (no responseStatus in PerformanceResourceTiming)",
    (
        "webkit",
        "test_page[unpoly-refused]",
    ): "WebKitGTK 2.50 does not tell the status of an answer (responseStatus), and the form is replaced by its like",
}
CAUSES["firefox", "test_ten_times_the_fields_are_searched_as_often_and_read_twice_each"] = (
    "Firefox's sort compares a sorted list twice as often: four reads a field of more than 200; twice cost 18 B more than forms.js has"
)
_TLS = "a page or frame with a certificate of our own never ends loading in WebKitGTK behind a proxy, acceptInsecureCerts or not"
CAUSES |= {
    ("webkit", f"test_page[{page}]"): _TLS for page in ("calendly", "embed-forged", "embed-lookalike", "hubspot-embed", "tally", "typeform")
}


def mark(item: pytest.Item) -> None:
    """Expects the failures that the table names."""
    call = getattr(item, "callspec", None)
    engine = str(call.params.get("engine")) if call else ""
    whole = getattr(item, "originalname", item.name)
    case = item.name.replace(f"[{engine}-", "[").replace(f"-{engine}]", "]")
    for name in (whole, case):
        if cause := CAUSES.get((engine, name)):
            item.add_marker(pytest.mark.xfail(reason=cause, strict=True))
            return
