"""E-mail by the deployment's SMTP server."""

import asyncio
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import aiosmtplib
from msgspec import Struct

from foundation.clock import Clock

SECONDS = 20.0
"""For one answer of the server's."""
ALL_SECONDS = 60.0
"""For a whole letter: less than any lease of who sends it, however slowly each answer comes."""
PORTS = {"smtp": 25, "smtps": 465}


class MailFailed(Exception):
    """`code` is the error's name, with the server's status where it gave one; never its text."""

    def __init__(self, code: str, *, final: bool) -> None:
        super().__init__(code)
        self.code, self.final = code, final


class MailServer(Struct, frozen=True):
    """`url`: smtp://host:25, or smtps://user:password@host:465 (TLS from the first byte).

    With a password nothing is sent before TLS; without one STARTTLS is used where the server offers it.
    """

    url: str
    sender: str
    clock: Clock

    async def send(self, mark: str, address: str, subject: str, text: str) -> None:
        """Raises MailFailed. `mark` becomes the Message-ID: a server or reader can drop a repetition by it."""
        parts = urlsplit(self.url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        try:
            letter = self._letter(mark, address, subject, text)
            async with asyncio.timeout(ALL_SECONDS):
                await aiosmtplib.send(
                    letter,
                    recipients=[address],
                    hostname=parts.hostname,
                    port=parts.port or PORTS[parts.scheme],
                    username=user or None,
                    password=password or None,
                    use_tls=parts.scheme == "smtps",
                    start_tls=True if user and parts.scheme == "smtp" else None,
                    tls_context=ssl.create_default_context(),
                    timeout=SECONDS,
                )
        except (aiosmtplib.SMTPException, OSError, MessageError, ValueError) as error:
            raise _failed(error) from None  # the original repeats the address

    def _letter(self, mark: str, address: str, subject: str, text: str) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, Address(addr_spec=address), subject
        letter["Date"] = format_datetime(self.clock.now())
        letter["Message-ID"] = f"<{mark}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        return letter


def _failed(error: Exception) -> MailFailed:
    """5xx of a server is its last word, except where it is about our own signing in; so is an address that is none."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        code = max((refused.code for refused in error.recipients), default=0)
    else:
        code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
    refused = 500 <= code < 600 and not isinstance(error, aiosmtplib.SMTPAuthenticationError)
    final = refused or isinstance(error, (MessageError, ValueError))
    name = type(error).__name__
    return MailFailed(f"{name}:{code}" if code else name, final=final)
