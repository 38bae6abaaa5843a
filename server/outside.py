"""By what this deployment reaches people outside of its pages: set once for a process, from the settings."""

from foundation.clock import Clock
from foundation.mail import MailFailed, MailServer
from foundation.settings import Settings
from oversight import senders
from oversight.channels import ChannelKind
from oversight.senders import NotSent, Outside, Sender, Words


class ByMail:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def send(self, words: Words) -> None:
        try:
            await self.server.send(str(words.id), words.address, words.subject, words.text)
        except MailFailed as error:
            raise NotSent(error.code, final=error.final) from None  # nothing of the address goes on


def reach_outside(settings: Settings, clock: Clock) -> None:
    """Without TIAOJIE_SMTP_URL there is no e-mail; text messages wait for a deployment's own gateway (decision 54)."""
    found: dict[ChannelKind, Sender] = {}
    if settings.smtp_url:
        found[ChannelKind.MAIL] = ByMail(MailServer(settings.smtp_url, settings.mail_from, clock))
    senders.use(Outside(found, settings.public_url))
