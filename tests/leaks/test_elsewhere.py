"""Every other page and operation that is read, whatever test watches it besides: inboxes, own objects, counts, help.
They may say of a case only what their reader may see.

Asked by one subject of each role and tier, with and without a relation, and by every stranger: each asks a quarter of
the ways, the next one the next quarter, so that every way is asked by many of every sort.
"""

from httpx import Response

from foundation import cookies
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.oracle import may_see
from tests.leaks.registry import rows
from tests.leaks.standings import Standing
from tests.leaks.strangers import Stranger
from tests.leaks.test_lists import readers
from tests.leaks.walking import said

ANSWERED = frozenset({200, 303, 403, 404, 422})
"""422: what asks for a parameter that is not given here."""

SHARE = 4
WATCHED_ALONE = frozenset({"audit", "stream"})
"""Exits whose own tests hold them to the same: a stream has no end that one could wait for."""


async def test_what_is_no_exit_of_one_case_says_no_word_of_one_that_is_not_the_readers(ground: Ground) -> None:
    await ground.held_at("C")
    others = [
        row
        for row in rows()
        if row.method == "GET" and row.kind not in WATCHED_ALONE and "{" not in row.path.replace("{tenant_id:int}", "")
    ]
    asking: list[Standing | Stranger] = [*[one for one in readers(ground) if one.at == "C"], *ground.strangers]
    found: list[str] = []
    for number, one in enumerate(asking):
        async with ground.client(cookies={cookies.SESSION: one.token}) as client:
            for row in others[number % SHARE :: SHARE]:
                address = row.path.replace("{tenant_id:int}", str(ground.desks["533401", "workroom"].tenant_id))
                found += [f"{one.name} · {row.exit}: {what}" for what in _wrong(ground, one, await client.get(address))]
    assert not found, "\n".join(found)


def _wrong(ground: Ground, one: Standing | Stranger, answer: Response) -> list[str]:
    if answer.status_code not in ANSWERED:
        return [str(answer.status_code)]
    actions = one.actions if isinstance(one, Standing) else frozenset[str]()
    wrong = [
        f"{canary.place} must not be shown"
        for canary in (ground.canaries[mark] for mark in found_in(said(answer)) if mark in ground.canaries)
        if canary.case_id != ground.case_id or not may_see(canary, actions)
    ]
    knows = "case:status" in actions or "handover:preview" in actions
    if not knows and (ground.number in answer.text or str(ground.case_id) in answer.text):
        wrong.append("the case's number or id must not be shown")
    return wrong
