"""Webhooks: who registers them, which cases they tell of, signed, tried again, set aside and sent again."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from foundation import outgoing
from foundation.jobs import Message
from foundation.outbox import OutboxRow
from oversight import webhook_events, webhook_sending
from oversight.webhook_models import Webhook, WebhookDelivery, WebhookState
from oversight.webhook_sending import PATIENCE, PAUSES
from tests.door import SESSIONS, Door
from tests.oversight.outside import WebSink, listening
from tests.people import registration
from tests.world import World

HERE = "/api/v1/webhooks"
LOCAL = ("127.0.0.0/8",)
WISH = {"name": "信访信息系统", "url": "https://hooks.example.cn/tiaojie", "events": ["case.registered"]}


@pytest.fixture
def own_networks(own_door: Door) -> None:
    own_door.app.state["webhook_networks"] = LOCAL


async def registered(door: Door, login: str, port: int) -> tuple[str, str]:
    """(id, secret) of a webhook to the sink."""
    wish = WISH | {"url": f"http://127.0.0.1:{port}/hook"}
    async with await door.program(login) as administrator:
        made = await administrator.post(HERE, json=wish)
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    return made.json()["made"]["id"], made.json()["secret"]


async def happened(world: World) -> UUID:
    """A case is registered in Jiantang, and the worker hears of it, twice."""
    case_id = (await world.register("jiantang.clerk", **await registration(world, persons=1))).case.id
    async with world.owner() as session:
        rows = (await session.scalars(select(OutboxRow).where(OutboxRow.topic == "case.changed"))).all()
        messages = [Message(row.id, row.topic, row.payload) for row in rows if row.payload["case"] == str(case_id)]
    assert [await webhook_events.prepare(world.store, messages) for _ in range(2)][1] == 0
    return case_id


async def deliveries(world: World) -> Sequence[WebhookDelivery]:
    async with world.owner() as session:
        return (await session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))).all()


@pytest.mark.usefixtures("own_networks")
async def test_a_case_is_told_signed_and_once_to_those_in_whose_custody_it_is(own_door: Door, own_world: World) -> None:
    sink = WebSink()
    async with listening(sink) as port:
        hooks = {login: await registered(own_door, login, port) for login in ("xgll.admin", "diqing.admin")}
        async with own_world.owner() as session:
            elsewhere = await session.get_one(Webhook, UUID(hooks["diqing.admin"][0]))
            elsewhere.tenant_id = (await own_world.subject("deqin.director")).tenant_id or 0
        case_id = await happened(own_world)
        assert await webhook_sending.send_due(own_world.store, LOCAL) == 1
        assert await webhook_sending.send_due(own_world.store, LOCAL) == 0
    ((headers, body),) = sink.got
    said = json.loads(body)
    assert said["type"] == "case.registered" and said["data"] == {"case": str(case_id)}
    assert set(said) == {"id", "type", "timestamp", "data"} and said["id"] == headers["webhook-id"]
    key = base64.b64decode(hooks["xgll.admin"][1].removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    assert int(headers["webhook-timestamp"]) == int(own_world.clock.now().timestamp())


@pytest.mark.usefixtures("own_networks")
async def test_what_does_not_arrive_is_tried_again_set_aside_and_sent_again_by_hand(
    own_door: Door, own_world: World
) -> None:
    sink = WebSink()
    sink.statuses = [500, 302, *[404] * 6]
    async with listening(sink) as port:
        hook, _ = await registered(own_door, "xgll.admin", port)
        await happened(own_world)
        for pause in (timedelta(), *PAUSES):
            own_world.clock.instant += pause
            assert await webhook_sending.send_due(own_world.store, LOCAL) == 1
        (row,) = await deliveries(own_world)
        assert (row.state, row.attempts, row.answered, row.last_error) == (WebhookState.SET_ASIDE, 8, 404, "HTTP404")
        SESSIONS.clear()  # a day and more has passed
        async with await own_door.program("xgll.admin") as own, await own_door.program("diqing.admin") as above:
            listed = (await own.get(f"{HERE}/{hook}/deliveries")).json()
            assert "body" not in listed["rows"][0] and listed["rows"][0]["state"] == "set_aside"
            nowhere = await own.get(f"{HERE}/{hook}/deliveries", params={"after": str(uuid4())})
            assert nowhere.status_code == 422 and "没有这一页" in nowhere.text
            again = f"{HERE}/{hook}/deliveries/{row.id}/again"
            assert (await above.post(again)).status_code == 204, "the tier above may too"
        await webhook_sending.send_due(own_world.store, LOCAL)
    assert [one.state for one in await deliveries(own_world)] == [WebhookState.DELIVERED]
    assert len({headers["webhook-id"] for headers, _ in sink.got}) == 1, "the same mark each time"


@pytest.mark.usefixtures("own_networks")
async def test_a_system_that_does_not_answer_keeps_no_other_waiting(
    own_door: Door, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.3)
    calls: list[None] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(None)
        await reader.read()
        writer.close()

    sink = WebSink()
    async with listening(sink) as port, listening(silent) as nowhere:
        await registered(own_door, "xgll.admin", nowhere)
        await registered(own_door, "xgll.admin", port)
        for _ in range(3):
            await happened(own_world)
        assert await webhook_sending.send_due(own_world.store, LOCAL) == 1 + 3
        await happened(own_world)
        own_world.clock.advance(seconds=600)
        assert await webhook_sending.send_due(own_world.store, LOCAL, lambda: True) == 0, "a process that leaves"
    assert (len(calls), len(sink.got)) == (1, 3), "what did not answer once is not asked for the others in the same run"


@pytest.mark.usefixtures("own_networks")
async def test_a_system_out_of_reach_for_days_is_switched_off_and_its_registrar_told(
    own_door: Door, own_world: World
) -> None:
    sink = WebSink()
    sink.statuses = [503] * 9
    async with listening(sink) as port:
        hook, _ = await registered(own_door, "xgll.admin", port)
        for _ in range(2):
            await happened(own_world)
            await webhook_sending.send_due(own_world.store, LOCAL)
            own_world.clock.instant += PATIENCE
    async with own_world.owner() as session:
        row = await session.get_one(Webhook, UUID(hook))
        told = (await session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.told"))).all()
    assert row.off_why == "failing"
    (notice,) = [one.payload for one in told if one.payload["kind"] == "webhook_off"]
    assert notice["persons"] == [str((await own_world.subject("xgll.admin")).person_id)]
    before = len(sink.got)
    await happened(own_world)
    await webhook_sending.send_due(own_world.store, LOCAL)
    assert len(sink.got) == before, "nothing goes to what is switched off"
    SESSIONS.clear()
    async with await own_door.browser("xgll.admin") as browser:
        page = (await browser.get(f"/webhooks/{hook}")).text
        assert "长期无法送达，自动停用" in page and "对方没有接受" in page and "HTTP503" in page
        csrf = page.split('name="_csrf_token" value="')[1].split('"')[0]
        assert (await browser.post(f"/webhooks/{hook}/on", data={"_csrf_token": csrf})).status_code == 303
        assert "停用推送" in (await browser.get(f"/webhooks/{hook}")).text


async def test_the_secret_shows_once_and_no_stranger_sees_a_webhook(own_door: Door, own_world: World) -> None:
    async with await own_door.browser("xgll.admin") as browser:
        page = (await browser.get("/webhooks")).text
        csrf = page.split('name="_csrf_token" value="')[1].split('"')[0]
        shown = await browser.post("/webhooks", data={"_csrf_token": csrf, **WISH})
        assert "whsec_" in shown.text and shown.headers["cache-control"] == "no-store"
        assert "whsec_" not in (await browser.get("/webhooks")).text
    async with own_world.owner() as session:
        hook = (await session.scalars(select(Webhook.id))).one()
    addresses = (HERE, f"{HERE}/{hook}/deliveries")
    async with await own_door.program("xgll.director") as director:
        assert [(await director.get(address)).status_code for address in addresses] == [403, 403]
        assert (await director.post(HERE, json=WISH)).status_code == 403
    async with own_world.owner() as session:
        (await session.get_one(Webhook, hook)).tenant_id = (await own_world.subject("deqin.director")).tenant_id or 0
    async with await own_door.program("xgll.admin") as sister:
        assert (await sister.get(HERE)).json() == [] and (await sister.get(addresses[1])).status_code == 404
        assert (await sister.post(f"{HERE}/{hook}/off")).status_code == 404
    wish = {"name": "程序", "scopes": ["read", "act"], "ends_on": "2026-04-01"}
    async with await own_door.program("xgll.admin") as own:
        token = (await own.post("/api/v1/tokens", json=wish)).json()["token"]
    async with own_door.bearing(token) as program:
        assert (await program.post(HERE, json=WISH)).status_code == 403


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://hooks.example.cn/", "not_https"),
        ("ftp://hooks.example.cn/", "not_https"),
        ("https://10.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://[2002:a00:1::1]/", "private"),
        ("https://a b.cn/", "malformed"),
        ("https://localhost/", "private"),
        ("https://postgres/", "private"),
        ("https://user:word@hooks.example.cn/", "malformed"),
        ("https://hooks.example.cn:99999/", "malformed"),
        ("https:///x", "malformed"),
    ],
)
async def test_an_address_that_is_not_for_webhooks_is_refused_at_its_field(door: Door, url: str, rule: str) -> None:
    async with await door.program("xgll.admin") as administrator:
        refused = await administrator.post(HERE, json=WISH | {"url": url})
    assert refused.status_code == 422
    assert [(error["field"], error["rule"]) for error in refused.json()["errors"]] == [("url", rule)]


def test_only_what_some_system_asks_for_goes_round_by_the_queue() -> None:
    interest = webhook_events.Interest()
    registered_case = {"act": "register", "case": str(uuid4())}
    assert not interest.concerns("case.changed", registered_case)
    interest.events = frozenset({"case.registered"})
    assert interest.concerns("case.changed", registered_case)
    assert not interest.concerns("case.changed", {"act": "write-note"}), "steps that could hint at a denunciation (N3)"
    assert not interest.concerns("timer.overdue", registered_case)
