"""Links by which somebody confirms that an address is theirs: signed, for one request, for seven days, once."""

from __future__ import annotations

from hashlib import sha256

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from msgspec import Struct

from .identity import DAY

LASTS = 7 * DAY
_SALT = "webleads link to what is known"
_LONGEST = 400  # characters


class Ticket(Struct, frozen=True):
    """Whom a link was made for, and for which request; `made_at` in UTC milliseconds, of a whole second."""

    account: int
    identifier: bytes
    request: bytes
    made_at: int


class BadTicket(ValueError):
    """A link that opens nothing; args[0] is `wrong` or `expired`."""


def make(secret: bytes, account: int, identifier: bytes, request: bytes, *, now: int) -> str:
    """The token of a link."""
    return str(_serializer(secret, now).dumps([account, identifier.hex(), request.hex()]))


def read(secret: bytes, token: str, *, now: int) -> Ticket:
    """What a token says; whether it was used before is for the request to tell. Raises BadTicket."""
    try:
        told, made = _serializer(secret, now).loads(token[: _LONGEST + 1], max_age=LASTS // 1000, return_timestamp=True)
        account, identifier, request = told
        return Ticket(int(account), bytes.fromhex(identifier), bytes.fromhex(request), int(made.timestamp()) * 1000)
    except SignatureExpired:
        raise BadTicket("expired") from None
    except (BadData, ValueError, TypeError):
        raise BadTicket("wrong") from None


def _serializer(secret: bytes, now: int) -> URLSafeTimedSerializer:
    """itsdangerous asks the machine for the time; here it is an argument."""

    class AtNow(TimestampSigner):
        def get_timestamp(self) -> int:
            return now // 1000

    kwargs = {"key_derivation": "hmac", "digest_method": sha256}
    return URLSafeTimedSerializer(secret, salt=_SALT, signer=AtNow, signer_kwargs=kwargs)
