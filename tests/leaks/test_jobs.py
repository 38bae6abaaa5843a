"""What leaves by itself: messages of the outbox and jobs of the clock. Ids and codes, never a word of a case."""

from sqlalchemy import text

from server.recurring import mark_overdue, take_back_offers
from tests.leaks.canaries import MARK
from tests.leaks.ground import Ground
from tests.people import NAMES

PAYLOADS = text("select topic, payload::text from outbox")
AUDIT = text("select detail::text, object_id, actor from audit_log")


async def test_what_leaves_by_itself_carries_ids_only(ground: Ground) -> None:
    await mark_overdue(ground.world.store)
    await take_back_offers(ground.world.store, ground.world.catalogue)
    async with ground.world.owner() as session:
        sent = [" ".join(row) for row in await session.execute(PAYLOADS)]
        noted = [" ".join(map(str, row)) for row in await session.execute(AUDIT)]
    assert len(sent) > 20 and len(noted) > 20
    for words in (*sent, *noted):
        assert not MARK.search(words) and not any(name in words for name in NAMES), words
        assert "1380887" not in words and "建塘镇某村" not in words, words
