"""Persons' channels outside of the pages: proved, kept quiet at night, joined in a digest, each notice sent once."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from foundation.clock import SHANGHAI
from foundation.ids import new_id
from foundation.jobs import Message
from foundation.outbox import OutboxRow
from oversight import channel_deliveries, channel_sending, notice_job
from oversight.channel_models import Delivery, DeliveryState
from oversight.channel_settings import ChannelForm
from oversight.channel_times import due_at, takes
from oversight.channels import ChannelKind, NoticeChannel
from oversight.notice_kinds import NoticeKind
from oversight.notice_models import Notice
from oversight.senders import NotSent
from tests.door import Door
from tests.oversight.outside import PLATFORM, Carrier, carried
from tests.world import World

WHO = "xgll.handler"
ADDRESS = "he.handler@example.cn"
HERE = "/api/v1/notice-channels"
NORMAL, URGENT, SAFETY = NoticeKind.CASE_CLOSED, NoticeKind.COMPLAINT_FILED, NoticeKind.WARNING_RECEIVED


def channel(**said: object) -> NoticeChannel:
    usual = {"urgent_only": False, "muted": [], "quiet_from": None, "quiet_until": None, "digest_hour": None}
    return NoticeChannel(**usual | said)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("said", "kind", "now", "due"),
    [
        ({}, NORMAL, at(2, 3), at(2, 3)),
        ({"quiet_from": 22, "quiet_until": 7}, URGENT, at(2, 23, 30), at(3, 7)),
        ({"quiet_from": 22, "quiet_until": 7}, URGENT, at(3, 6, 59), at(3, 7)),
        ({"quiet_from": 22, "quiet_until": 7}, URGENT, at(3, 7), at(3, 7)),
        ({"quiet_from": 12, "quiet_until": 14}, NORMAL, at(2, 13), at(2, 14)),
        ({"quiet_from": 22, "quiet_until": 7}, SAFETY, at(2, 23), at(2, 23)),
        ({"digest_hour": 18}, NORMAL, at(2, 9), at(2, 18)),
        ({"digest_hour": 18}, NORMAL, at(2, 18), at(3, 18)),
        ({"digest_hour": 18}, URGENT, at(2, 9), at(2, 9)),
        ({"digest_hour": 6, "quiet_from": 22, "quiet_until": 7}, NORMAL, at(31, 9), at(31, 9) + timedelta(hours=22)),
    ],
)
def test_quiet_hours_hold_back_until_they_end_and_a_digest_waits_for_its_hour(
    said: dict[str, object], kind: NoticeKind, now: datetime, due: datetime
) -> None:
    assert due_at(channel(**said), kind, now) == due


def test_a_person_chooses_which_kinds_go_out() -> None:
    assert takes(channel(), NORMAL) and not takes(channel(urgent_only=True), NORMAL)
    assert takes(channel(urgent_only=True), SAFETY) and not takes(channel(muted=[URGENT.value]), URGENT)


async def told(world: World, *kinds: NoticeKind, cause: str = "") -> list[UUID]:
    """Makes a notice of each kind for the person, as the worker does."""
    person = (await world.subject(WHO)).person_id
    empty = {"case": None, "address": "/desk", "offices": [], "doer": None, "persons": [str(person)]}
    payloads = [{"kind": kind.value, "cause": cause or f"test:{uuid4()}", **empty} for kind in kinds]
    messages = [Message(uuid4(), "notice.told", payload) for payload in payloads]
    return [news.id for news in await notice_job.make(world.store, messages)]


async def made(world: World, notices: list[UUID]) -> None:
    payload = {"notices": [str(notice) for notice in notices]}
    await channel_deliveries.prepare(world.store, Message(uuid4(), "notice.made", payload))


async def deliveries(world: World) -> list[Delivery]:
    async with world.owner() as session:
        return list(await session.scalars(select(Delivery).order_by(Delivery.id)))


async def has_channel(world: World, carrier: Carrier, **said: object) -> None:
    """A proved channel, by the way a person goes."""
    subject = await world.subject(WHO)
    async with world.store.scoped(subject.scope) as session:
        now = session.info["instant"]
        usual = {"switched_on": True, "language": "zh", "code_tries": 0, "kind": "mail", "address": ADDRESS}
        row = channel(**usual | said)
        row.id, row.person_id, row.made_at, row.verified_at = new_id(now), subject.person_id, now, now
        session.add(row)


async def test_many_notices_of_an_hour_go_out_once_and_say_nothing_of_a_case(own_world: World) -> None:
    with carried() as carrier:
        await has_channel(own_world, carrier, digest_hour=18)
        notices = await told(own_world, NORMAL, NORMAL, NoticeKind.TEAM_CHANGED, URGENT)
        for _ in range(2):
            await made(own_world, notices)
        assert await channel_sending.send_due(own_world.store) == 1, "the urgent one waits for no digest"
        own_world.clock.advance(hours=7)
        assert await channel_sending.send_due(own_world.store) == 1
        assert await channel_sending.send_due(own_world.store) == 0
    urgent, digest = carrier.sent
    assert (urgent.subject, digest.subject) == ("调解平台有 1 条新通知", "调解平台有 3 条新通知")
    assert digest.address == ADDRESS and f"{PLATFORM}/notices" in digest.text
    assert "案件已结案（2）" in digest.text and "您参加的专调小组有变动（1）" in digest.text
    person = await own_world.subject(WHO)
    assert person.name not in digest.text and "/desk" not in digest.text and "-" not in digest.subject


async def test_what_failed_or_comes_late_keeps_the_quiet_hours_as_the_first_try_did(own_world: World) -> None:
    """It is noon; quiet from 13. The first try fails at 12:58, the second falls due in the quiet hours."""
    with carried() as carrier:
        await has_channel(own_world, carrier, quiet_from=13, quiet_until=15)
        carrier.refusals = [NotSent("SMTPServerDisconnected")]
        own_world.clock.advance(seconds=58 * 60)
        await made(own_world, await told(own_world, URGENT))
        assert await channel_sending.send_due(own_world.store) == 1
        own_world.clock.advance(seconds=5 * 60)
        assert await channel_sending.send_due(own_world.store) == 0
        await made(own_world, await told(own_world, SAFETY))
        assert await channel_sending.send_due(own_world.store) == 1, "safety's go out all the same"
        own_world.clock.advance(hours=2)
        assert await channel_sending.send_due(own_world.store) == 1
    assert len(carrier.sent) == 2


async def test_what_is_due_at_once_and_not_sent_yet_goes_in_one_message(own_world: World) -> None:
    with carried() as carrier:
        await has_channel(own_world, carrier)
        for _ in range(3):
            await made(own_world, await told(own_world, URGENT))
            own_world.clock.advance(seconds=2)
        assert await channel_sending.send_due(own_world.store) == 1
    assert [words.subject for words in carrier.sent] == ["调解平台有 3 条新通知"]


async def test_two_workers_at_once_send_a_notice_once(own_world: World) -> None:
    with carried() as carrier:
        await has_channel(own_world, carrier)
        notices = await told(own_world, URGENT)
        await asyncio.gather(*(made(own_world, notices) for _ in range(3)))
        sent = await asyncio.gather(*(channel_sending.send_due(own_world.store) for _ in range(3)))
    assert sum(sent) == 1 == len(carrier.sent)


async def test_what_was_read_in_the_pages_meanwhile_is_not_sent(own_world: World) -> None:
    with carried() as carrier:
        await has_channel(own_world, carrier, digest_hour=18)
        await made(own_world, await told(own_world, NORMAL))
        async with own_world.as_(WHO) as (session, subject):
            for notice in await session.scalars(select(Notice).where(Notice.person_id == subject.person_id)):
                notice.read_at = session.info["instant"]
        own_world.clock.advance(hours=7)
        await channel_sending.send_due(own_world.store)
    assert carrier.sent == []
    assert [row.state for row in await deliveries(own_world)] == [DeliveryState.NEEDLESS]


async def test_a_carrier_that_fails_is_tried_again_with_growing_pauses_and_then_left(own_world: World) -> None:
    with carried() as carrier:
        await has_channel(own_world, carrier)
        await made(own_world, await told(own_world, URGENT))
        carrier.refusals = [NotSent("SMTPServerDisconnected")] * 9
        tries = 0
        for pause in (timedelta(), *channel_sending.PAUSES):
            own_world.clock.instant += pause - timedelta(seconds=1)
            tries += await channel_sending.send_due(own_world.store)
            own_world.clock.advance(seconds=1)
            assert await channel_sending.send_due(own_world.store) == 1
        assert tries == 0, "never before its time"
        (row,) = await deliveries(own_world)
        assert (row.state, row.last_error, row.attempts) == ("set_aside", "SMTPServerDisconnected", 6)
        await made(own_world, await told(own_world, URGENT))
        carrier.refusals = [NotSent("SMTPRecipientsRefused:550", final=True)]
        await channel_sending.send_due(own_world.store)
    assert [row.attempts for row in await deliveries(own_world)] == [6, 1], "a wrong address gets no better"


async def test_an_address_hears_nothing_before_its_owner_has_shown_the_code(own_door: Door, own_world: World) -> None:
    form = {"address": ADDRESS, "quiet_from": 22, "quiet_until": 7}
    with carried(ChannelKind.MAIL) as carrier:
        async with await own_door.program(WHO) as own, await own_door.program("xgll.director") as other:
            assert (await own.put(f"{HERE}/sms", json=form)).json()["code"] == "channel_not_offered"
            wrong = (await own.put(f"{HERE}/mail", json={"address": "nobody", "quiet_from": 3})).json()["errors"]
            assert {error["field"] for error in wrong} == {"address", "quiet_until"}
            assert (await own.put(f"{HERE}/mail", json=form)).json()["verified"] is False
            assert await told(own_world, URGENT) and await _messages(own_world, "notice.made") == []
            assert (await other.get(HERE)).json() == [] and (await other.delete(f"{HERE}/mail")).status_code == 404
            (message,) = await _messages(own_world, "channel.code")
            await channel_sending.send_code(own_world.store, message)
            code = carrier.sent[0].text.split("验证码 ")[1][:6]
            assert code not in str(message.payload) and ADDRESS not in str(message.payload)
            assert (await own.post(f"{HERE}/mail/code")).json()["code"] == "codes_too_often"
            gone = await own.delete(f"{HERE}/mail")
            assert gone.json()["code"] == "codes_too_often", "nobody's letter-box is filled by adding and removing"
            proof = f"{HERE}/mail/verification"
            assert (await own.post(proof, json={"code": "not it"})).json() == {"verified": False}
            assert (await own.post(proof, json={"code": code})).json() == {"verified": True}
            notices = await told(own_world, URGENT)
            assert [one.payload["notices"] for one in await _messages(own_world, "notice.made")] == [
                [str(notice) for notice in notices]
            ]
            for strange in ("a:b@example.cn", "\x00a@example.cn", "[@example.cn", "=?utf-8?b?eA==?=@example.cn"):
                refused = (await own.put(f"{HERE}/mail", json={**form, "address": strange})).json()["errors"]
                assert [error["field"] for error in refused] == ["address"], strange
            moved = await own.put(f"{HERE}/mail", json={**form, "address": "other@example.cn"})
            assert moved.json()["verified"] is False, "a new address is proved anew"
            for _ in range(5):
                await own.post(proof, json={"code": "000000x"})
            assert (await own.post(proof, json={"code": code})).json()["code"] == "no_code_awaited", "no guessing"
            own_world.clock.advance(seconds=60)
            assert (await own.post(f"{HERE}/mail/code")).status_code == 204
            for message in (await _messages(own_world, "channel.code"))[-2:]:
                await channel_sending.send_code(own_world.store, message)
            marks = [words.id for words in carrier.sent if "验证码" in words.text]
            assert len(set(marks)) == 2 and len(marks) == 3, "another code has another mark, a repetition the same"
            own_world.clock.advance(seconds=60)
            assert (await own.delete(f"{HERE}/mail")).status_code == 204
            assert (await own.get(HERE)).json() == []
    assert ADDRESS not in str(await _rows(own_world)), "an address is sealed"


async def test_the_page_leads_from_an_address_to_a_proved_channel(own_door: Door, own_world: World) -> None:
    with carried() as carrier:
        async with await own_door.browser(WHO) as browser:
            page = (await browser.get("/notices/settings/mail")).text
            csrf = page.split('name="_csrf_token" value="')[1].split('"')[0]
            sent = {"_csrf_token": csrf, "address": ADDRESS, "switched_on": "true", "digest_hour": "18"}
            assert (await browser.post("/notices/settings/mail", data=sent)).status_code == 303
            (message,) = await _messages(own_world, "channel.code")
            await channel_sending.send_code(own_world.store, message)
            code = carrier.sent[0].text.split("验证码 ")[1][:6]
            wrong = await browser.post("/notices/settings/mail/verify", data={"_csrf_token": csrf, "code": "1"})
            assert wrong.status_code == 422 and "验证码不对" in wrong.text
            await browser.post("/notices/settings/mail/verify", data={"_csrf_token": csrf, "code": code})
            shown = (await browser.get("/notices/settings")).text
    assert ADDRESS in shown and "每日 18 时汇总" in shown and "待验证" not in shown


async def test_a_program_s_token_leads_nobody_s_notices_elsewhere(own_door: Door, own_world: World) -> None:
    wish = {"name": "程序", "scopes": ["read", "act"], "ends_on": "2026-04-01"}
    async with await own_door.program(WHO) as own:
        token = (await own.post("/api/v1/tokens", json=wish)).json()["token"]
    with carried():
        async with own_door.bearing(token) as program:
            assert (await program.put(f"{HERE}/mail", json={"address": ADDRESS})).status_code == 403
            assert (await program.get(HERE)).status_code == 403


def test_every_field_of_the_form_has_a_column() -> None:
    columns = set(NoticeChannel.__table__.columns.keys())
    assert set(ChannelForm.__struct_fields__) <= columns


async def _messages(world: World, topic: str) -> list[Message]:
    async with world.owner() as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.topic == topic).order_by(OutboxRow.id))
        return [Message(row.id, row.topic, row.payload) for row in rows]


async def _rows(world: World) -> list[object]:
    async with world.owner() as session:
        told = "select detail::text || object_id from audit_log union all select payload::text from outbox"
        return list(await session.scalars(text(told)))
