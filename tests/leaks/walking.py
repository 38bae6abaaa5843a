"""The exits of one case as addresses, and what an answer may say to a reader: status, marks that must and must not be.

A child's id that is not given stands for one that exists nowhere.
"""

import re
from collections.abc import Iterator
from uuid import UUID

from httpx import Response
from msgspec import Struct

from tests.leaks.canaries import Canary, found_in
from tests.leaks.ground import Ground
from tests.leaks.oracle import is_later, may_see
from tests.leaks.registry import Row
from tests.leaks.standings import Standing

PARAMETER = re.compile(r"\{(\w+):\w+\}")
UNKNOWN = UUID("019cacb3-f200-74aa-a884-5146392a7bb5")
"""An id of ours that no row has."""
FULL_SIGHT_HIDDEN = frozenset({"offered", "sent", "pays", "warned"})
"""By these the database shows the case and little or nothing of its records (migrations/protection.py)."""
OPENS_NOTHING = {"recusal:declare"}
"""Everybody of an office has it (60b); alone it is no way in."""
ABSENT, NOT_YOURS, FOUND = frozenset({404}), frozenset({403}), frozenset({200})
PREVIEWED = frozenset({"C", "P"})
"""The tiers whose tenant the open offer is made to, or which lies above it: the offer itself shows to no other."""
OPEN_ACT = frozenset({200, 409})
"""The form of an act that is one's own, whether or not the state is ripe for it."""


class Address(Struct, frozen=True):
    """`needs`: the actions without any of which it is 403; `group`: the paper's, without which it is 404."""

    row: Row
    text: str
    needs: str
    group: str = ""


def addresses(row: Row, ground: Ground, case_id: UUID, act: str = "write-note") -> Iterator[Address]:
    """Of one registered route; a paper of every field group, the form of the act named."""
    if row.kind == "print":
        for group, paper in ground.papers.items():
            yield Address(row, _filled(row.path, case_id, paper_id=str(paper)), row.needs, group)
    elif row.kind == "choices":
        yield Address(row, _filled(row.path, case_id, act=act, name=act), ground.world.catalogue[act].action)
    elif row.kind == "explain":
        yield Address(row, f"{row.path}?case_id={case_id}&action=case:read", row.needs)
    else:
        yield Address(row, _filled(row.path, case_id, file_id=str(ground.file_id)), row.needs)


def _filled(path: str, case_id: UUID, **ids: str) -> str:
    known = {"case_id": str(case_id), **ids}
    return PARAMETER.sub(lambda match: known.get(match[1], str(UNKNOWN)), path)


def expected(address: Address, standing: Standing) -> frozenset[int]:
    """404 before 403: who may do nothing at all does not learn that the case exists."""
    if not standing.actions - OPENS_NOTHING:
        return ABSENT
    if not standing.actions.intersection(address.needs.split("|")):
        return NOT_YOURS
    if address.group and f"case:read.{address.group}" not in standing.actions:
        return ABSENT
    if address.group and standing.cell.relation in FULL_SIGHT_HIDDEN:
        return FOUND | ABSENT
    if address.row.kind == "dispute":
        return ABSENT  # none stands: whoever may name the holder finds nothing to name one for
    if address.row.kind == "who sees" and not standing.in_line:
        return NOT_YOURS
    if address.row.kind == "preview" and standing.cell.tier not in PREVIEWED:
        return FOUND | ABSENT
    if address.row.kind == "choices":
        return OPEN_ACT | NOT_YOURS if standing.cell.relation == "delegated" else OPEN_ACT  # lending on asks the loan
    return FOUND


def said(answer: Response) -> str:
    """Everything that goes out: body, headers, and with them the name of a file."""
    return answer.text + "\n" + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())


def faults(ground: Ground, address: Address, standing: Standing, answer: Response) -> Iterator[str]:
    """What is wrong with this answer to this reader, in words that name no canary."""
    where = f"{standing.name} at {standing.at} · {address.row.exit}{' ' + address.group if address.group else ''}"
    if answer.status_code not in expected(address, standing):
        yield f"{where}: {answer.status_code} instead of {sorted(expected(address, standing))}"
        return
    shown = [ground.canaries[mark] for mark in found_in(said(answer)) if mark in ground.canaries]
    for canary in shown:
        if not _may(canary, address, standing, ground):
            yield f"{where}: {canary.place} ({' '.join(sorted(canary.groups))}) must not be shown"
    if answer.status_code == 200 and standing.cell.relation not in FULL_SIGHT_HIDDEN:
        for group in address.row.shows.split():
            if f"case:read.{group}" in standing.actions and not any(group in canary.groups for canary in shown):
                yield f"{where}: nothing of {group} is shown"


def _may(canary: Canary, address: Address, standing: Standing, ground: Ground) -> bool:
    if canary.case_id != ground.case_id or is_later(canary, standing.cut):
        return False
    return may_see(canary, standing.actions, preview=address.row.kind == "preview")
