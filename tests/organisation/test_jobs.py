"""Background jobs as the province's administrator sees them: by topic and error's name, tried again or dropped."""

from datetime import timedelta
from uuid import UUID, uuid4

from redis.asyncio import Redis
from saq.queue.redis import RedisQueue
from sqlalchemy import select

from foundation import job_runs
from foundation.audit import AuditRow
from foundation.endpoints import Endpoints
from foundation.jobs import MOST_ATTEMPTS, Message, Relay
from foundation.outbox import OutboxRow, publish
from foundation.queue_length import QUEUE, RunningJob, running_jobs
from foundation.store import Scope, Store
from tests.conftest import NOON
from tests.door import Door
from tests.world import World

HERE = "/api/v1/jobs"
ADMIN = "yunnan.admin"


async def poisoned(world: World, relay: Relay, *numbers: int) -> list[UUID]:
    """Messages whose handler failed until they were set aside."""

    async def fail(store: Store, message: Message) -> None:
        raise ValueError("鲁茸 13808870002")

    found: list[UUID] = []

    async def enqueue(row: UUID, attempt: int, lease: timedelta) -> None:
        found.append(row)

    async with world.owner() as session:
        for row in await session.scalars(select(OutboxRow).where(OutboxRow.done_at.is_(None))):
            row.done_at = world.clock.now()
    async with world.store.scoped(Scope(1, uuid4())) as session:
        for number in numbers:
            await publish(session, "test.poison", number=number)
    for _ in range(MOST_ATTEMPTS):
        found.clear()
        await relay.dispatch(enqueue)
        for row_id in found:
            await relay.deliver(world.store, {"test.poison": [fail]}, row_id)
        world.clock.advance(hours=2)
    return found


async def test_a_poison_message_is_seen_tried_again_and_dropped_with_a_reason(
    own_door: Door, own_world: World, own_province: Endpoints
) -> None:
    relay = Relay(own_province.relay, own_world.clock)
    first, second = sorted(await poisoned(own_world, relay, 1, 2))
    async with await own_door.program(ADMIN) as admin:
        (topic,) = (await admin.get(HERE)).json()["topics"]
        assert (topic["topic"], topic["set_aside"], topic["failing"], topic["waiting"]) == ("test.poison", 2, 0, 0)
        shown = await admin.get(f"{HERE}/failed")
        assert [(row["id"], row["reason"]) for row in shown.json()["rows"]] == [
            (str(first), "ValueError"),
            (str(second), "ValueError"),
        ]
        assert "number" not in shown.text and "鲁茸" not in shown.text, "neither what it says nor what the error said"
        assert (await admin.post(f"{HERE}/{first}/again")).status_code == 204
        assert (await admin.post(f"{HERE}/{second}/drop", json={})).status_code == 422
        assert (await admin.post(f"{HERE}/{second}/drop", json={"reason": "repeated"})).status_code == 204
        assert (await admin.post(f"{HERE}/{second}/again")).status_code == 404, "what is dropped is done"
    got: list[int] = []

    async def take(store: Store, message: Message) -> None:
        got.append(message.payload["number"])

    assert await relay.deliver(own_world.store, {"test.poison": [take]}, first) and len(got) == 1
    async with own_world.owner() as session:
        dropped = await session.get_one(OutboxRow, second)
        assert dropped.done_at is not None and dropped.set_aside_at is not None, "its row stays"
        told = (await session.scalars(select(AuditRow).where(AuditRow.object_kind == "job"))).all()
    assert [(row.action, row.detail["job"], row.detail.get("reason")) for row in told] == [
        ("job:run", "again", None),
        ("job:run", "drop", "repeated"),
    ]
    await relay.close()


async def test_the_page_shows_failures_and_what_recurs_to_the_province_s_administrator_alone(
    own_door: Door, own_world: World, own_province: Endpoints
) -> None:
    relay = Relay(own_province.relay, own_world.clock)
    (poison,) = await poisoned(own_world, relay, 1)
    async with relay.engine.begin() as connection:
        now = own_world.clock.now()
        await job_runs.note(connection, "deadlines", now, 12, None, "OperationalError")
        await job_runs.note(connection, "deadlines", now, 7, 500, None)
    await relay.close()
    async with await own_door.browser(ADMIN) as browser:
        page = (await browser.get("/jobs")).text
        for words in (
            "test.poison",
            "ValueError",
            "期限检查",
            "处理 500 项",
            "OperationalError",
            "队列中 0 个，执行中 0 个",
        ):
            assert words in page, words
        csrf = page.split('name="_csrf_token" value="')[1].split('"')[0]
        refused = await browser.post(f"/jobs/{poison}/drop", data={"_csrf_token": csrf})
        assert refused.status_code == 422 and "请填写" in refused.text
        assert (await browser.post(f"/jobs/{poison}/again", data={"_csrf_token": csrf})).status_code == 303
        assert "已搁置</h2>" not in (await browser.get("/jobs")).text
    for login in ("diqing.admin", "xgll.director", "yunnan.security"):
        async with await own_door.browser(login) as browser, await own_door.program(login) as program:
            assert (await browser.get("/jobs")).status_code == 403 and "/jobs" not in (await browser.get("/desk")).text
            assert (await program.get(HERE)).status_code == 403
            assert (await program.post(f"{HERE}/{poison}/again")).status_code == 403


async def test_the_database_itself_shows_no_message_to_anybody_else(own_world: World) -> None:
    async with own_world.store.scoped(Scope(1, uuid4())) as session:
        await publish(session, "test.hidden", number=1)
    query = select(OutboxRow.topic).where(OutboxRow.topic == "test.hidden")
    found = {}
    for login in (ADMIN, "diqing.admin", "xgll.director"):
        async with own_world.as_(login) as (session, _):
            found[login] = len((await session.scalars(query)).all())
    assert found == {ADMIN: 1, "diqing.admin": 0, "xgll.director": 0}


async def test_what_waits_and_runs_is_listed_by_topic_and_all_of_a_topic_is_tried_again(
    own_door: Door, own_world: World, own_province: Endpoints
) -> None:
    relay = Relay(own_province.relay, own_world.clock)
    poison = await poisoned(own_world, relay, 1, 2, 3)
    async with own_world.store.scoped(Scope(1, uuid4())) as session:
        await publish(session, "test.waits", number=1)
    running = [RunningJob("deliver_many", own_world.clock.now(), tuple(poison)), RunningJob("tree", NOON, ())]

    async def now() -> list[RunningJob]:
        return running

    own_door.app.state["running"] = now
    async with await own_door.program(ADMIN) as admin, await own_door.browser(ADMIN) as browser:
        (many, tree) = (await admin.get(HERE)).json()["running"]
        assert (many["names"], many["messages"], tree["names"]) == (["test.poison"], 3, ["tree"])
        queued = (await admin.get(f"{HERE}/failed", params={"kind": "queued"})).json()["rows"]
        assert [(row["topic"], row["attempts"]) for row in queued] == [("test.waits", 0)]
        asked = {"kind": "set_aside", "topic": "test.waits"}
        assert (await admin.get(f"{HERE}/failed", params=asked)).json()["rows"] == []
        page, one = (await browser.get("/jobs")).text, (await browser.get("/jobs?topic=test.waits")).text
        assert all(words in page for words in ("正在执行", "区划调整执行", "test.waits</code>", "全部立即重试"))
        assert str(poison[0]) in page and str(poison[0]) not in one and queued[0]["id"] in one
        only = (await browser.get(f"/jobs?kind=set_aside&after={sorted(poison)[0]}")).text
        assert str(sorted(poison)[0]) not in only and str(sorted(poison)[1]) in only and queued[0]["id"] not in only
        assert (await admin.post(f"{HERE}/again", json={"topic": "test.none"})).status_code == 404
        csrf = page.split('name="_csrf_token" value="')[1].split('"')[0]
        sent = {"_csrf_token": csrf, "topic": "test.poison"}
        assert (await browser.post("/jobs/again", data=sent)).status_code == 303
        assert (await admin.post(f"{HERE}/again", json={"topic": "test.poison"})).status_code == 404, "none failed now"
    async with await own_door.program("diqing.admin") as other:
        assert (await other.post(f"{HERE}/again", json={"topic": "test.poison"})).status_code == 403
    async with own_world.owner() as session:
        rows = (await session.scalars(select(OutboxRow).where(OutboxRow.topic == "test.poison"))).all()
        told = (await session.scalars(select(AuditRow).where(AuditRow.object_kind == "job"))).all()
    assert {(row.attempts, row.set_aside_at) for row in rows} == {(0, None)}
    assert [row.detail for row in told] == [{"job": "again", "topic": "test.poison", "number": 3}]
    await relay.close()


async def test_what_the_queue_runs_is_read_from_it(own_province: Endpoints) -> None:
    row, redis = uuid4(), Redis.from_url(own_province.redis)
    queue = RedisQueue(redis, name=QUEUE)
    await redis.flushdb()
    await queue.enqueue("deliver", row=str(row), key=f"{row}:1")
    assert list(await running_jobs(redis)) == [], "queued, not begun"
    job = await queue.dequeue(timeout=5)
    assert job is not None
    assert list(await running_jobs(redis)) == [], "taken, not begun"
    job.started = int(NOON.timestamp() * 1000)
    await queue.update(job)
    (one,) = await running_jobs(redis)
    assert (one.name, one.rows, one.started_at) == ("deliver", (row,), NOON)
    await redis.flushdb()
    await redis.aclose()
    assert list(await running_jobs(Redis.from_url("redis://127.0.0.1:1"))) == [], "nobody can tell"
