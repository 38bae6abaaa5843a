"""引导: a party goes its own way, by its own application; the case stays where it is."""

from typing import Any

import pytest

from cases import timers
from cases.history import Timer
from cases.models import Case
from dossiers.referral_rules import (
    AgreementNotEffective,
    ChoiceIsTheirs,
    ConfirmationNotOpen,
    ConfirmationTooLate,
    NoEnforcementClause,
    NotaryOnTeam,
    NothingEnforceable,
)
from dossiers.referrals import Referral
from foundation.errors import InvalidInput
from teams.agreement import Agreement
from tests.dossiers.build import Built, rows
from tests.world import World


def application(built: Built, channel: str, **more: Any) -> dict[str, Any]:
    """By both sides together, unless said otherwise."""
    return {
        "channel": channel,
        "applicants": built.everyone,
        "own_application": True,
        "organ": "香格里拉市有关机关",
        "applied_on": "2026-03-02",
        **more,
    }


def deed(built: Built, notary: str, **more: Any) -> dict[str, Any]:
    return application(built, "notarial_deed", terms=[str(term) for term in built.money], notary=notary, **more)


def confirmation(built: Built, **more: Any) -> dict[str, Any]:
    return application(built, "judicial_confirmation", **{"matter": "performance", **more})


async def refer(world: World, built: Built, form: dict[str, Any]) -> Case:
    return await world.do("xgll.handler", built.case_id, "record-referral", **form)


async def person(world: World, login: str) -> str:
    return str((await world.subject(login)).person_id)


async def test_a_notary_outside_the_team_makes_the_deed_on_the_payment_part(world: World, agreed: Built) -> None:
    case = await refer(world, agreed, deed(agreed, await person(world, "xgll.notary_b")))
    (referral,) = await rows(world, Referral, agreed)
    assert (referral.channel, set(referral.term_ids)) == ("notarial_deed", set(agreed.money))
    assert case.state == "guided"


async def test_a_notary_of_the_team_may_not_make_the_deed_of_the_same_case(world: World, agreed: Built) -> None:
    with pytest.raises(NotaryOnTeam):
        await refer(world, agreed, deed(agreed, await person(world, "xgll.notary_a")))


async def test_a_deed_covers_no_term_that_is_an_act(world: World, agreed: Built) -> None:
    form = deed(agreed, await person(world, "xgll.notary_b"))
    form["terms"].append(str(agreed.deed))
    with pytest.raises(InvalidInput) as refused:
        await refer(world, agreed, form)
    assert [(error.field, error.rule) for error in refused.value.fields] == [("terms", "payment_only")]


async def test_a_deed_needs_debtor_and_creditor_together(world: World, agreed: Built) -> None:
    form = deed(agreed, await person(world, "xgll.notary_b"), applicants=[str(agreed.company)])
    with pytest.raises(InvalidInput) as refused:
        await refer(world, agreed, form)
    assert [error.field for error in refused.value.fields] == ["applicants"]


async def test_a_deed_needs_the_clause_that_accepts_enforcement(world: World, agreed: Built) -> None:
    async with world.owner() as session:
        (agreement,) = await rows(world, Agreement, agreed)
        (await session.get_one(Agreement, agreement.id)).accepts_enforcement = False
    with pytest.raises(NoEnforcementClause):
        await refer(world, agreed, deed(agreed, await person(world, "xgll.notary_b")))


async def test_an_unregistered_notary_must_be_said_to_stand_outside_the_team(world: World, agreed: Built) -> None:
    form = deed(agreed, "")
    del form["notary"]
    with pytest.raises(InvalidInput) as refused:
        await refer(world, agreed, form)
    assert [error.field for error in refused.value.fields] == ["notary"]
    await refer(world, agreed, form | {"notary_outside": True})
    assert len(await rows(world, Referral, agreed)) == 1


async def test_judicial_confirmation_is_asked_jointly_and_shows_its_last_day(world: World, agreed: Built) -> None:
    await refer(world, agreed, confirmation(agreed))
    (referral,) = await rows(world, Referral, agreed)
    assert str(referral.last_day) == "2026-04-01"


async def test_the_confirmation_clock_ends_only_when_everyone_has_asked(world: World, agreed: Built) -> None:
    async with world.owner() as session:
        await timers.start(session, await session.get_one(Case, agreed.case_id), "confirmation")
    await refer(world, agreed, confirmation(agreed, applicants=[str(agreed.petitioners[0]), str(agreed.company)]))
    assert [timer.done_at for timer in await running(world, agreed)] == [None]
    await refer(world, agreed, confirmation(agreed))
    assert await running(world, agreed) == []


async def running(world: World, built: Built) -> list[Timer]:
    found = await rows(world, Timer, built)
    return [timer for timer in found if timer.kind == "confirmation" and timer.done_at is None]


async def test_one_side_alone_cannot_ask_for_judicial_confirmation(world: World, agreed: Built) -> None:
    with pytest.raises(InvalidInput) as refused:
        await refer(world, agreed, confirmation(agreed, applicants=[str(agreed.company)]))
    assert [(error.field, error.rule) for error in refused.value.fields] == [("applicants", "not_joint")]


async def test_the_thirtieth_day_is_in_time_and_the_thirty_first_is_too_late(world: World, agreed: Built) -> None:
    world.clock.advance(days=31)
    with pytest.raises(ConfirmationTooLate) as refused:
        await refer(world, agreed, confirmation(agreed, applied_on="2026-04-02"))
    assert "2026-04-01" in refused.value.text("zh")
    await refer(world, agreed, confirmation(agreed, applied_on="2026-04-01"))
    assert len(await rows(world, Referral, agreed)) == 1


@pytest.mark.parametrize("matter", ["status", "real_right"])
async def test_no_court_confirms_status_or_real_rights(world: World, agreed: Built, matter: str) -> None:
    with pytest.raises(ConfirmationNotOpen):
        await refer(world, agreed, confirmation(agreed, matter=matter))


async def test_nothing_is_confirmed_before_an_agreement_is_in_effect(world: World, at_table: Built) -> None:
    with pytest.raises(AgreementNotEffective):
        await refer(world, at_table, confirmation(at_table))


async def test_only_the_partys_own_application_is_recorded(world: World, at_table: Built) -> None:
    with pytest.raises(InvalidInput) as refused:
        await refer(world, at_table, application(at_table, "litigation", own_application=False))
    assert [error.field for error in refused.value.fields] == ["own_application"]


async def test_each_party_may_sue_alone_at_any_time(world: World, at_table: Built) -> None:
    one = [str(at_table.petitioners[1])]
    case = await refer(world, at_table, application(at_table, "litigation", applicants=one, last_day="2029-03-01"))
    (referral,) = await rows(world, Referral, at_table)
    assert (referral.applicant_ids, case.state) == ([at_table.petitioners[1]], "proposed")


async def test_nobody_but_the_party_chooses_its_lawyer(world: World, at_table: Built) -> None:
    with pytest.raises(ChoiceIsTheirs):
        await refer(world, at_table, application(at_table, "own_lawyer", applicants=[str(at_table.petitioners[0])]))


async def test_legal_aid_is_for_one_natural_person(world: World, at_table: Built) -> None:
    with pytest.raises(InvalidInput) as refused:
        await refer(world, at_table, application(at_table, "legal_aid", applicants=[str(at_table.company)]))
    assert [error.rule for error in refused.value.fields] == ["one_person"]


async def test_enforcement_follows_a_default_and_needs_something_enforceable(world: World, agreed: Built) -> None:
    creditor = [str(agreed.petitioners[0])]
    world.clock.advance(days=20)
    with pytest.raises(InvalidInput):
        await refer(world, agreed, application(agreed, "execution", applicants=creditor))
    default = {"term": str(agreed.money[0]), "on_date": "2026-03-21", "defaulted": True, "path": "execution"}
    await world.do("xgll.handler", agreed.case_id, "record-performance", rows=[default])
    with pytest.raises(NothingEnforceable):
        await refer(world, agreed, application(agreed, "execution", applicants=creditor))
    await refer(world, agreed, deed(agreed, await person(world, "xgll.notary_b")))
    await refer(world, agreed, application(agreed, "execution", applicants=creditor))
    assert [referral.channel for referral in await rows(world, Referral, agreed)] == ["notarial_deed", "execution"]
