"""E-mail by SMTP: the letter as it arrives, and what is kept of a failure."""

import asyncio

import pytest

from foundation import mail
from foundation.clock import FrozenClock
from foundation.mail import MailFailed, MailServer
from tests.oversight.outside import SmtpSink, listening

ADDRESS = "somebody@example.cn"


async def test_a_letter_arrives_with_a_mark_by_which_a_repetition_is_known(clock: FrozenClock) -> None:
    sink = SmtpSink()
    async with listening(sink) as port:
        server = MailServer(f"smtp://127.0.0.1:{port}", "tiaojie@example.cn", clock)
        await server.send("mark", ADDRESS, "调解平台有 1 条新通知", "请登录平台查看\n")
    (letter,) = sink.letters
    assert (letter["To"], letter["Subject"]) == (ADDRESS, "调解平台有 1 条新通知")
    assert (letter["Message-ID"], letter["Auto-Submitted"]) == ("<mark@example.cn>", "auto-generated")
    assert letter.get_content() == "请登录平台查看\n" and "2026" in letter["Date"]


@pytest.mark.parametrize(("answer", "final"), [("550 no such user somebody@example.cn", True), ("451 later", False)])
async def test_a_failure_is_kept_by_name_and_code_and_never_by_its_words(
    clock: FrozenClock, answer: str, final: bool
) -> None:
    sink = SmtpSink()
    sink.refuse = answer
    async with listening(sink) as port:
        with pytest.raises(MailFailed) as failed:
            await MailServer(f"smtp://127.0.0.1:{port}", "a@example.cn", clock).send("m", ADDRESS, "x", "y")
    assert failed.value.final is final and answer[:3] in failed.value.code
    assert "example" not in str(failed.value) and failed.value.__cause__ is None


async def test_a_server_that_answers_slowly_again_and_again_does_not_keep_a_letter_for_ever(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "ALL_SECONDS", 0.3)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 slow\r\n")
        while await reader.readline():
            await asyncio.sleep(0.2)
            writer.write(b"250 ok\r\n")
        writer.close()

    async with listening(drip) as port:
        with pytest.raises(MailFailed, match="TimeoutError") as failed:
            await MailServer(f"smtp://127.0.0.1:{port}", "a@example.cn", clock).send("m", ADDRESS, "x", "y")
    assert not failed.value.final, "the server may be quicker next time"


@pytest.mark.parametrize("address", ["two words@example.cn", "a\x00b@example.cn", "[@example.cn", "=?x?=@example.cn"])
async def test_an_address_that_is_none_is_given_up_and_goes_nowhere_else(clock: FrozenClock, address: str) -> None:
    sink = SmtpSink()
    async with listening(sink) as port:
        server = MailServer(f"smtp://127.0.0.1:{port}", "a@example.cn", clock)
        try:
            await server.send("m", address, "x", "y")
        except MailFailed as failed:
            assert failed.final
    assert [letter["To"].addresses[0].addr_spec for letter in sink.letters] in ([], [address])


async def test_without_tls_no_password_goes_out(clock: FrozenClock) -> None:
    sink = SmtpSink()
    async with listening(sink) as port:
        with pytest.raises(MailFailed):
            await MailServer(f"smtp://me:secret@127.0.0.1:{port}", "a@example.cn", clock).send("m", ADDRESS, "x", "y")
    assert sink.letters == []
