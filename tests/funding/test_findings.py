"""Who is responsible is found on written proof, never assumed."""

from typing import Any

import pytest
from sqlalchemy import update

from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.files import FileStore
from funding.findings import Finding, in_force
from teams.agreement import Agreement
from tests.dossiers.build import Built
from tests.funding.build import closed_case, find, proof, rows, seen
from tests.world import World

COMPANY: dict[str, Any] = {"producer": "enterprise", "unit_name": "某公司", "stopped": False}


def broken(error: pytest.ExceptionInfo[InvalidInput]) -> tuple[str, str]:
    return error.value.fields[0].field, error.value.fields[0].rule


@pytest.mark.parametrize("basis", ["judgment", "award", "written"])
async def test_a_basis_outside_the_dossier_is_attached(world: World, closed: Built, basis: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await find(world, closed, basis=basis, **COMPANY)
    assert broken(refusal) == ("proof", "required")


async def test_a_judgment_is_kept_with_the_finding(world: World, closed: Built, files: FileStore) -> None:
    judgment = await proof(world, files, closed)
    await find(world, closed, basis="judgment", proof=judgment, **COMPANY)
    assert [str(finding.proof_id) for finding in await rows(world, Finding, closed)] == [judgment]


async def test_a_file_of_another_case_proves_nothing(world: World, closed: Built, files: FileStore) -> None:
    other = await proof(world, files, await closed_case(world))
    with pytest.raises(NotFound):
        await find(world, closed, basis="judgment", proof=other, **COMPANY)


async def test_an_agreement_without_the_clause_is_no_basis(world: World, closed: Built) -> None:
    async with world.owner() as session:
        silent = update(Agreement).where(Agreement.case_id == closed.case_id).values(responsible_id=None)
        await session.execute(silent)
    with pytest.raises(InvalidInput) as refusal:
        await find(world, closed, **COMPANY)
    assert broken(refusal) == ("basis", "no_clause")


async def test_minutes_that_do_not_exist_are_no_basis(world: World, closed: Built) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await find(world, closed, basis="minutes", **COMPANY)
    assert broken(refusal) == ("basis", "no_minutes")


async def test_a_unit_that_is_a_party_is_known_by_its_name(world: World, closed: Built, files: FileStore) -> None:
    form = COMPANY | {"unit_name": "云岭路桥建设有限公司"}
    await find(world, closed, basis="judgment", proof=await proof(world, files, closed), **form)
    assert [finding.producer_party_id for finding in await rows(world, Finding, closed)] == [closed.company]


@pytest.mark.parametrize(
    ("form", "where"),
    [
        ({}, ("producer", "required")),
        ({"producer": "department"}, ("unit_name", "required")),
        ({**COMPANY, "unable": True}, ("unable_proof", "required")),
        ({"fault": "later"}, ("fault", "not_a_finding")),
        ({"producer": "several"}, ("shares", "required")),
        ({**COMPANY, "shares": [{"kind": "unit", "percent": 50}]}, ("shares", "contradiction")),
        ({"producer": "several", "shares": [{"kind": "unit", "percent": 50}] * 3}, ("shares", "not_whole")),
        (
            {"producer": "several", "shares": [{"kind": "unit", "percent": 50}, {"kind": "several", "percent": 50}]},
            ("shares.1.kind", "not_a_choice"),
        ),
    ],
)
async def test_a_finding_says_something_whole(
    world: World, closed: Built, form: dict[str, Any], where: tuple[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await find(world, closed, **{"basis": "agreement"} | form)
    assert broken(refusal) == where


async def test_the_latest_finding_of_each_question_prevails(world: World, closed: Built) -> None:
    await find(world, closed)
    await find(world, closed, producer="department", unit_name="交通运输局")
    async with world.owner() as session:
        found = await in_force(session, closed.case_id)
    assert found.producer is not None and found.fault is not None
    assert (found.producer.producer, found.fault.fault) == ("department", "enterprise")


async def test_the_unit_that_would_pay_finds_nothing_and_neither_does_the_team(world: World, closed: Built) -> None:
    for login in ("xgll.handler", "xgll.director", "xgll.reviewer", "xgll.cashier"):
        with pytest.raises(Forbidden):
            await world.do(
                login, closed.case_id, "find-responsibility", basis="agreement", reference="第三条", **COMPANY
            )


async def test_a_finding_is_shown_with_its_basis(world: World, closed: Built) -> None:
    await find(world, closed)
    shown = (await seen(world, closed.case_id)).findings[0]
    assert (shown.basis, shown.producer, shown.reference) == ("调解协议中的责任条款", "企业", "协议第三条")
