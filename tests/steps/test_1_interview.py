"""接谈, step one of the eight: what must be registered is registered, and nothing keeps it out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cases import relations
from cases.models import Case
from foundation.clock import SHANGHAI
from policies.relations import Relation
from tests.door import Door
from tests.identity import identity_number
from tests.people import NAMES, registration
from tests.steps.interviews import Desk

HEARD = "2026-03-01T15:30:00+08:00"
VILLAGE = "建塘镇某村三组王家院坝"


@pytest.fixture
async def desk(door: Door) -> Desk:
    return await Desk.of(door)


@pytest.mark.obligation("21")
async def test_an_interview_is_held_at_the_desk_or_among_the_people_with_place_and_time(desk: Desk) -> None:
    assert await desk.wrong(mode="outreach") == {("held_at", "required"), ("held_place", "required")}
    done = await desk.register(mode="outreach", held_at=HEARD, held_place=VILLAGE, companions="村调解员李某")
    paper = await desk.paper(done["case"]["id"], "interview")
    kept = {name: paper[name] for name in ("mode", "held_at", "held_place", "companions")}
    expected = {"mode": "outreach", "held_at": "2026-03-01 15:30", "held_place": VILLAGE, "companions": "村调解员李某"}
    assert kept == expected
    at_the_desk = await desk.paper((await desk.register())["case"]["id"], "interview")
    assert (at_the_desk["mode"], at_the_desk["visit"]) == ("desk", "individual")


@pytest.mark.obligation("21")
@pytest.mark.parametrize("visit", ["individual", "joint", "letter", "phone", "online"])
async def test_a_matter_may_come_by_visit_letter_or_telephone(desk: Desk, visit: str) -> None:
    done = await desk.register(visit=visit, oral=False, read_back=False)
    assert (await desk.paper(done["case"]["id"], "interview"))["visit"] == visit


@pytest.mark.obligation("21", "N10")
async def test_of_a_joint_visit_every_person_is_registered_one_by_one(desk: Desk) -> None:
    done = await desk.register(persons=12)
    parties = (await desk.get(done["case"]["id"], "/parties")).json()
    assert [party["name"] for party in parties if party["side"] == "petitioner"] == list(NAMES)
    assert (await desk.paper(done["case"]["id"], "interview"))["visit"] == "joint"
    assert len({receipt["code"] for receipt in done["receipts"]}) == 12


@pytest.mark.obligation("N10")
async def test_a_sixth_representative_is_refused_as_representative_and_told_so_never_as_petitioner(desk: Desk) -> None:
    done = await desk.register(persons=12, representatives=6)
    people = (await desk.get(done["case"]["id"], "/parties")).json()
    petitioners = [party for party in people if party["side"] == "petitioner"]
    assert (len(petitioners), sum(party["representative"] for party in petitioners)) == (12, 5)
    assert [receipt["ordinal"] for receipt in done["receipts"] if receipt["representation_refused"]] == [6]
    assert [said for said in done["notices"] if "信访人 6：代表已满5人，未列为代表；其信访事项照常登记" in said]


@pytest.mark.obligation("21")
async def test_an_oral_statement_is_read_back_by_somebody_in_some_language(desk: Desk) -> None:
    assert await desk.wrong(oral=True, read_back=False) == {("read_back", "required")}
    spoken = await desk.register(read_back_by="翻译员甲", read_back_language="藏语")
    paper = await desk.paper(spoken["case"]["id"], "interview")
    assert (paper["oral"], paper["read_back_by"], paper["read_back_language"]) == (True, "翻译员甲", "藏语")
    unsaid = await desk.paper((await desk.register())["case"]["id"], "interview")
    clerk = await desk.door.world.subject("jiantang.clerk")
    assert (unsaid["read_back_by"], unsaid["read_back_language"]) == (clerk.name, "普通话")


@pytest.mark.obligation("21", "N8")
@pytest.mark.parametrize("answer", ["not_needed", "provided", "declined", "to_come"])
async def test_an_interpreter_is_offered_and_the_want_of_one_delays_nothing(desk: Desk, answer: str) -> None:
    done = await desk.register(interpreting=answer, interpreter=None)
    assert (await desk.paper(done["case"]["id"], "interview"))["interpreting"] == answer


@pytest.mark.obligation("21")
async def test_what_was_brought_is_a_list_with_copies_originals_and_what_became_of_each(desk: Desk) -> None:
    rows = [
        {"name": "墙体裂缝照片", "copies": 12, "original": "original", "handling": "kept"},
        {"name": "临时用地协议", "copies": 1, "original": "copy", "handling": "returned"},
    ]
    done = await desk.register(materials=rows)
    assert (await desk.paper(done["case"]["id"], "interview"))["materials"] == rows
    assert await desk.wrong(materials=[{"name": "照片", "copies": 0}]) == {("materials.0.copies", "too_small")}


@pytest.mark.obligation("21")
async def test_claims_advice_and_calming_are_recorded_and_a_number_is_given(desk: Desk) -> None:
    done = await desk.register(calming="已安抚，情绪平稳")
    paper = await desk.paper(done["case"]["id"], "interview")
    assert (paper["calming"], paper["advice"]) == ("已安抚，情绪平稳", "已讲明调解自愿、不收费，不影响诉讼时效")
    assert len((await desk.get(done["case"]["id"], "/claims")).json()) == 3
    following = await desk.register()
    first, second = (int(one["case"]["registration_no"][-5:]) for one in (done, following))
    assert second == first + 1


@pytest.mark.obligation("21")
async def test_a_date_in_the_future_is_refused_at_its_field(desk: Desk) -> None:
    now = desk.door.world.clock.now()
    later = (now + timedelta(hours=1)).astimezone(SHANGHAI).isoformat()
    tomorrow = str((now + timedelta(days=1)).date())
    claims = [{"text": "要求赔偿", "nature": "injury", "known_on": tomorrow}]
    wrong = await desk.wrong(held_at=later, found_at=later, claims=claims)
    assert wrong == {(field, "in_future") for field in ("held_at", "found_at", "claims.0.known_on")}


async def _pending(desk: Desk) -> dict[str, Any]:
    """The same person with the same matter for the second time."""
    person = {"name": NAMES[0], "id_number": identity_number()}
    await desk.register(petitioners=[person])
    return {"petitioners": [person]}


async def _misconduct(desk: Desk) -> dict[str, Any]:
    """An earlier matter of the person ended in a refusal, and a note says how the person behaved."""
    again = await _pending(desk)
    async with desk.door.world.owner() as session:
        await session.execute(text("update cases set state = 'refused' where registration_no like '533401-%'"))
    return again


async def _many(desk: Desk) -> dict[str, Any]:
    return {"petitioners": [{"name": f"村民{number}"} for number in range(1, 301)]}


async def _nothing_brought(desk: Desk) -> dict[str, Any]:
    return {"petitioners": [{"name": NAMES[0]}], "materials": [], "petition_no": None, "advice": None}


async def _province(desk: Desk) -> dict[str, Any]:
    """A matter of a township, brought to the province."""
    desk.client = await desk.door.program("yunnan.intake")
    return {}


HINDRANCES = {
    "duplicate": _pending,
    "level": _province,
    "number of persons": _many,
    "missing document": _nothing_brought,
    "earlier conduct": _misconduct,
}


@pytest.mark.obligation("N10")
@pytest.mark.parametrize("word", HINDRANCES)
async def test_registration_is_never_refused_or_delayed_by(desk: Desk, word: str) -> None:
    done = await desk.register(**await HINDRANCES[word](desk))
    assert (done["case"]["state"], done["case"]["frozen"]) == ("registered", False)
    assert done["case"]["filed_at"] == done["case"]["changed_at"]
    assert all(receipt["code"] for receipt in done["receipts"])


@pytest.mark.obligation("N10")
async def test_a_level_is_a_hint_to_be_told_and_no_more(desk: Desk) -> None:
    assert desk_says(await desk.register()) == []
    above = await Desk.of(desk.door, "yunnan.intake")
    assert [said for said in desk_says(await above.register()) if "照常登记" in said]


def desk_says(done: dict[str, Any]) -> list[str]:
    said: list[str] = done["notices"]
    return said


@pytest.mark.obligation("N1", "N10")
async def test_a_pending_matter_at_any_office_is_named_by_that_office_and_by_nothing_else(desk: Desk) -> None:
    person = {"name": NAMES[0], "id_number": identity_number(), "telephone": "13808870001"}
    first = await desk.register(petitioners=[person])
    county = await Desk.of(desk.door, "xgll.intake")
    answer = await county.send(petitioners=[{"name": "另一姓名", "id_number": person["id_number"]}])
    again = answer.json()
    assert answer.status_code == 201
    (office,) = again["same_matter_pending"]
    assert office.startswith("建塘镇") and [said for said in again["notices"] if office in said]
    for secret in (first["case"]["id"], first["case"]["registration_no"], *person.values()):
        assert secret not in answer.text, secret


@pytest.mark.obligation("N1")
@pytest.mark.parametrize("other", ["dispute_type", "place_id", "visited_unit"])
async def test_another_matter_of_the_same_person_gives_no_hint(desk: Desk, other: str) -> None:
    person = {"name": NAMES[0], "id_number": identity_number()}
    await desk.register(petitioners=[person])
    changed = {"dispute_type": 1, "place_id": await desk.door.world.place("533423"), "visited_unit": "另一公司"}
    elsewhere = await Desk.of(desk.door, "diqing.intake")
    again = await elsewhere.register(petitioners=[person], **{other: changed[other]})
    assert again["same_matter_pending"] == []


@pytest.mark.obligation("15", "15a")
async def test_a_feed_enters_as_a_dispute_and_names_nobody_who_did_not_apply(desk: Desk) -> None:
    feed = {"feed": "公共法律服务平台", "feed_purpose": "矛盾纠纷分析研判", "source": "department"}
    assert await desk.wrong(**feed) == {("petitioners", "names_persons")}
    assert ("feed_purpose", "required") in await desk.wrong(**{**feed, "feed_purpose": None})
    unnamed = await desk.register(**feed, petitioners=[])
    assert (unnamed["receipts"], unnamed["case"]["person_count"]) == ([], 0)
    paper = await desk.paper(unnamed["case"]["id"], "interview")
    assert (paper["feed"], paper["feed_purpose"]) == ("公共法律服务平台", "矛盾纠纷分析研判")
    applied = await desk.register(**{**feed, "source": "application"})
    assert applied["case"]["person_count"] == 1


@pytest.mark.obligation("12a")
async def test_a_case_may_carry_the_tag_of_a_campaign_under_way(desk: Desk) -> None:
    world = desk.door.world
    township = (await world.subject("jiantang.clerk")).tenant_id
    async with world.owner() as session:
        insert = (
            "insert into campaigns values (:id, :name, '试行通知', '逐村走访', :tenant, '2026-01-01', '2026-12-31')"
        )
        elsewhere = (await world.subject("baohe.clerk")).tenant_id
        for number, tenant in ((900, township), (901, elsewhere)):
            await session.execute(text(insert), {"id": number, "name": f"专项行动{number}", "tenant": tenant})
    try:
        done = await desk.register(campaign_id=900)
        assert (await desk.paper(done["case"]["id"], "interview"))["campaign_id"] == "专项行动900"
        assert await desk.wrong(campaign_id=901) == {("campaign_id", "not_a_choice")}  # another place's
        assert await desk.wrong(campaign_id=1) == {("campaign_id", "not_a_choice")}  # over since 2020
    finally:
        async with world.owner() as session:
            await session.execute(text("update campaigns set valid_to = '2026-01-02' where id >= 900"))


@pytest.mark.obligation("14")
async def test_a_contact_point_hands_in_a_first_visit_and_the_window_holds_it(desk: Desk) -> None:
    contact = await Desk.of(desk.door, "jiantang.contact")
    done = await contact.register(first_visit=True, found_at=HEARD, source="application")
    assert done["case"]["holder"]["name"] == (await desk.register())["case"]["holder"]["name"]
    case = done["case"]["id"]
    seen = (await contact.get(case)).json()
    assert (seen["state"], seen["details"]) == ("registered", None)
    assert (await contact.get(case, "/claims")).json() == []
    assert (await contact.get(case, "/parties")).json() == []
    head = await Desk.of(desk.door, "jiantang.head")
    assert (await head.get(case)).json()["details"]["first_visit"] is True
    assert (await head.paper(case, "interview"))["found_at"] == "2026-03-01 15:30"
    assert (await head.act(case, "approve-registration", answer="approve")).status_code == 200


@pytest.mark.obligation("21", "N10")
async def test_who_may_have_been_typed_twice_is_registered_and_the_clerk_is_told(desk: Desk) -> None:
    """Ten persons are a class of their own: one person in two rows would count twice."""
    number = identity_number()
    rows = [
        {"name": NAMES[0], "id_number": number, "birth_date": "2001-05-06"},
        {"name": NAMES[1], "id_number": f" {number[:6]} {number[6:14]}\u3000{number[14:].lower()}"},
        {"name": NAMES[2], "id_number": identity_number()},
    ]
    done = await desk.register(petitioners=rows)
    assert {(one["field"], one["rule"]) for one in done["warnings"]} == {
        ("petitioners.0.birth_date", "contradicts"),
        ("petitioners.1.id_number", "repeated"),
    }
    assert done["case"]["person_count"] == 3


async def test_a_place_that_no_number_of_ours_could_name_is_an_error_at_its_field(desk: Desk) -> None:
    assert await desk.wrong(place_id=10**30) == {("place_id", "too_large")}


@pytest.mark.obligation("21")
async def test_poverty_does_not_end_before_it_was_recognised(desk: Desk) -> None:
    poor = {"name": NAMES[0], "poor_household": True, "poor_since": "2020-02-01", "poor_until": "2020-01-01"}
    assert await desk.wrong(petitioners=[poor]) == {("petitioners.0.poor_until", "too_early")}


async def registered_by(desk: Desk, login: str) -> str:
    """A case which this person has registered too, as where one person is clerk and head."""
    case, one = (await desk.register())["case"]["id"], await desk.door.world.subject(login)
    async with desk.door.world.owner() as session:
        registered = await session.get_one(Case, case)
        await relations.grant(session, registered, Relation.REGISTRAR, person_id=one.person_id, source="test")
    return str(case)


@pytest.mark.obligation("21a")
async def test_the_registrar_never_approves_and_another_may_set_back_but_never_refuse(desk: Desk) -> None:
    head = await Desk.of(desk.door, "jiantang.head")
    own = await registered_by(desk, "jiantang.head")
    for answer in ({"answer": "approve"}, {"answer": "set_back", "reason": "缺协议"}):
        assert (await head.act(own, "approve-registration", **answer)).json()["code"] == "same_person"
    assert (await head.get(own)).json()["state"] == "registered"
    case = (await desk.register())["case"]["id"]
    assert (await desk.act(case, "approve-registration", answer="approve")).status_code == 403
    refused = await head.act(case, "approve-registration", answer="refuse", reason="不予登记")
    assert [error["rule"] for error in refused.json()["errors"]] == ["not_a_choice"]
    bare = await head.act(case, "approve-registration", answer="set_back")
    assert [error["field"] for error in bare.json()["errors"]] == ["reason"]
    assert (await head.act(case, "approve-registration", answer="set_back", reason="缺协议")).status_code == 200
    assert (await desk.get(case)).json()["state"] == "set_back"
    added = [{"name": "临时用地协议", "copies": 1, "original": "copy", "handling": "kept"}]
    assert (await desk.act(case, "complete-registration", supplement="补交协议", materials=added)).status_code == 200
    assert (await head.act(case, "approve-registration", answer="approve")).status_code == 200
    assert (await head.get(case)).json()["state"] == "assessing"


@pytest.mark.obligation("21a", "31b")
async def test_where_clerk_and_head_are_one_person_the_accepting_countys_director_approves(desk: Desk) -> None:
    world = desk.door.world
    case = await registered_by(desk, "jiantang.head")
    head = await Desk.of(desk.door, "jiantang.head")
    own = await head.act(case, "approve-registration", answer="approve")
    assert (own.status_code, own.json()["code"]) == (403, "same_person")
    assert "县级工作室" in own.json()["detail"]
    county = await world.office("xgll.director")
    assert (await head.act(case, "offer-handover", to_office_id=county, reason="company")).status_code == 200
    await world.do("xgll.director", UUID(case), "accept-handover", no_conflict=True)
    director = await Desk.of(desk.door, "xgll.director")
    assert (await director.act(case, "approve-registration", answer="approve")).status_code == 200


@pytest.mark.obligation("21a")
async def test_an_approval_has_its_own_term_in_working_days_that_ends_with_it(desk: Desk) -> None:
    case = (await desk.register())["case"]["id"]
    head = await Desk.of(desk.door, "jiantang.head")
    (term,) = [one for one in (await head.get(case, "/timers")).json() if one["kind"] == "registration_approval"]
    assert (term["due_at"][:10], term["done"]) == ("2026-03-04", False)  # two working days after Monday
    await head.act(case, "approve-registration", answer="approve")
    (term,) = [one for one in (await head.get(case, "/timers")).json() if one["kind"] == "registration_approval"]
    assert term["done"] is True


@pytest.mark.obligation("N4")
async def test_what_was_said_is_sealed_at_rest(desk: Desk) -> None:
    done = await desk.register(mode="outreach", held_at=HEARD, held_place=VILLAGE)
    async with desk.door.world.owner() as session:
        raw = await session.connection()
        for table in ("papers", "parties", "claims", "interviews", "events", "timers"):
            query = f"select to_jsonb(t)::text from {table} t where case_id = $1"  # noqa: S608 - names of our own tables
            rows = "".join(row for (row,) in await raw.exec_driver_sql(query, (done["case"]["id"],)))
            for said in (VILLAGE, NAMES[0], "墙体", "1380887"):
                assert said not in rows and said.encode().hex() not in rows, (table, said)


@pytest.mark.obligation("N11", "5a")
async def test_the_rights_notice_of_the_first_day_shows_the_remedy_clock_and_the_free_helpers(desk: Desk) -> None:
    claims = [{"text": "对征收决定不服", "nature": "expropriation", "known_on": "2026-02-20"}]
    done = await desk.register(claims=claims)
    head = await Desk.of(desk.door, "jiantang.head")
    notice = await head.paper(done["case"]["id"], "rights_notice")
    assert "2026-04-21" in {row["last_day"] for row in notice["remedy_clock"]}
    assert [helper for helper in notice["free_helpers"] if "12348" in helper]


async def test_twenty_thousand_characters_come_back_as_they_were_and_one_more_is_refused(desk: Desk) -> None:
    said = statement_of(20_000)
    done = await desk.register(statement=said)
    assert (await desk.paper(done["case"]["id"], "interview"))["statement"] == said
    assert await desk.wrong(statement=f"{said}字") == {("statement", "too_long")}


def statement_of(length: int) -> str:
    """Emoji with joiners, right-to-left marks, U+25532, lines: repeated up to so many characters."""
    piece = "双柏县𥔲嘉镇👨‍👩‍👧‍👦👍🏽家的墙‏ھەق‎裂了‮abc‬；第二行\n"
    return (piece * (length // len(piece) + 1))[: length - 1] + "完"


async def test_a_registration_that_failed_leaves_nothing_behind(desk: Desk) -> None:
    before = (await desk.register())["case"]["registration_no"]
    await desk.wrong(mode="outreach")
    after = (await desk.register())["case"]["registration_no"]
    assert int(after[-5:]) == int(before[-5:]) + 1
    assert await registration(desk.door.world)
