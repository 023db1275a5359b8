"""A letter as a mail server takes it. No part of it can become a header that we did not write."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from ..domain.mail import is_address
from ..present import dates


class BadAddress(ValueError):
    """Something that is no bare address."""


def compose(*, sender: str, recipient: str, subject: str, text: str, html: str, id: bytes, at: int) -> EmailMessage:
    """A message of plain text and HTML, written at a time (UTC milliseconds). Raises BadAddress."""
    if not is_address(sender) or not is_address(recipient):
        raise BadAddress
    plain = all(one.isascii() for one in (sender, recipient))
    made = EmailMessage(policy.SMTP if plain else policy.SMTPUTF8)
    made["From"] = sender
    made["To"] = recipient
    made["Subject"] = " ".join("".join(char if char.isprintable() else " " for char in subject).split())[:200]
    made["Date"] = format_datetime(dates.local(at, "UTC"))
    made["Message-ID"] = f"<{id.hex()}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers it
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    return made
