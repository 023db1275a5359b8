"""One connection to the mail server, and what can go wrong with it, by name. What a server says may quote an address: it is not kept."""

from __future__ import annotations

from email.message import EmailMessage
from ssl import SSLError

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from ..domain.mail import Relay

TIMEOUT = 20.0  # seconds for each answer


class Fault(Exception):
    """A letter was not taken: `name` says why, `is_final` that it never will be."""

    def __init__(self, name: str, *, is_final: bool = False) -> None:
        super().__init__(name)
        self.name = name
        self.is_final = is_final


class Connection:
    """A connection to a mail server, opened with the first letter; use it as a context."""

    def __init__(self, relay: Relay, timeout: float = TIMEOUT) -> None:
        self._client = SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.user or None,
            password=relay.password or None,
            use_tls=relay.tls,
            start_tls=False if relay.tls else (True if relay.needs_tls else None),
            validate_certs=not relay.is_here,
            local_hostname="localhost",
            timeout=timeout,
        )

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client.is_connected:
            try:
                await self._client.quit()
            except (SMTPException, OSError):
                self._client.close()

    async def send(self, message: EmailMessage) -> None:
        """Hands over one letter. Raises Fault."""
        await self.open()
        try:
            await self._client.send_message(message)
        except SMTPRecipientsRefused as refused:
            raise _refused(refused.recipients[0].code) from None
        except SMTPResponseException as refused:
            raise _refused(refused.code) from None
        except (SMTPException, OSError, ValueError) as wrong:
            raise _broken(wrong) from None

    async def open(self) -> None:
        """Connects and logs in, where it has not. Raises Fault: none of these is the letter's, so none is final."""
        if self._client.is_connected:
            return
        try:
            await self._client.connect()
        except SMTPAuthenticationError:
            raise Fault("login") from None
        except SMTPResponseException as refused:
            raise Fault(f"smtp-{refused.code}") from None
        except (SMTPException, OSError, ValueError) as wrong:
            raise _broken(wrong) from None


def _refused(code: int) -> Fault:
    """RFC 5321 4.2.1: 5yz is for good, 4yz for now."""
    return Fault(f"smtp-{code}", is_final=500 <= code < 600)


def _broken(wrong: Exception) -> Fault:
    if isinstance(wrong.__cause__ or wrong, SSLError) or "CERTIFICATE" in str(wrong).upper():
        return Fault("certificate")
    if isinstance(wrong, SMTPTimeoutError):
        return Fault("timeout")
    if isinstance(wrong, SMTPServerDisconnected):
        return Fault("disconnected")
    if isinstance(wrong, (SMTPConnectError, OSError)):
        return Fault("unreachable")
    return Fault("tls" if "TLS" in str(wrong).upper() else "protocol")
