"""One dispute with everything in it, by the real acts of the real people: what a leak could carry out."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image

from foundation.clock import local_date
from foundation.files import FileStore
from tests.cases.build import Walk
from tests.funding.build import SCORES
from tests.identity import identity_number
from tests.teams import build as teams
from tests.world import World

COMPANY: dict[str, Any] = {
    "producer": "enterprise",
    "unit_name": "云岭路桥建设有限公司",
    "stopped": False,
    "fault": "enterprise",
}
SCORED: dict[str, Any] = {**SCORES}


async def told(world: World, files: FileStore) -> Walk:
    """From the workroom's own reception to the money paid, the dossier not yet archived."""
    walk = await teams.planned(world, persons=2)
    await _examined(walk, files)
    await walk.do("xgll.handler", "issue-opinion", **teams.OPINION)
    await walk.do("xgll.handler", "draft-agreement", **await teams.draft_form(walk))
    for party in await teams.table(walk):
        await teams.ask_alone(walk, party)
        await teams.sign(walk, party)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    await walk.do("xgll.chair", "seal-agreement", copies=4)
    await _watched(walk)
    await _performed(walk)
    await _paid(walk)
    return walk


async def _examined(walk: Walk, files: FileStore) -> None:
    file = await kept(walk.world, files, walk.case_id, "xgll.handler")
    seen: dict[str, Any] = {"kind": "photograph", "title": "墙体裂缝", "obtained_on": "2026-03-01"}
    await walk.do("xgll.handler", "add-evidence", **seen, file=str(file))
    await walk.do(
        "xgll.handler",
        "record-investigation",
        mode="visit",
        held_at="2026-03-01T09:00:00+08:00",
        place="建塘镇施工现场",
        findings="十一户墙体开裂",
    )
    await _kept_and_told(walk)
    await _acted_for(walk)
    await walk.do("xgll.director", "write-note", text="只供本单位的人看")
    people = await walk.petitioners()
    await walk.do("xgll.director", "reveal-party", party_id=str(people[0].id), purpose="contact")


async def _acted_for(walk: Walk) -> None:
    """An agent of one petitioner, what was wrong of another, and why the dispute matters."""
    first, second = [str(party.id) for party in await walk.petitioners()][:2]
    agent: dict[str, Any] = {"bond": "other", "name": "代理人乙", "telephone": "13808870088", "given_on": "2026-03-01"}
    scope: dict[str, Any] = {"capacity": "general", "matters": "代为陈述", "written": True}
    await walk.do("xgll.handler", "record-mandate", party_id=first, **agent, **scope)
    await walk.do("xgll.handler", "correct-party", party_id=second, basis="身份证", address="建塘镇某村22组")
    await walk.do("xgll.director", "tag-case", tags=[{"tag": "yangtze", "basis": "州办〔2026〕1号"}])


async def _kept_and_told(walk: Walk) -> None:
    """An object in custody, passed on to somebody outside, and a witness."""
    at, handler = {"moved_at": "2026-03-01T09:00:00+08:00"}, "xgll.handler"
    keeper = str((await walk.world.subject(handler)).person_id)
    kept: dict[str, Any] = {"kept_at": "物证柜3号", "both_signed": True, **at}
    brick = {"name": "墙砖3块", "marks": "一角缺损", "from_name": "某村村委会"}
    await walk.do(handler, "receive-object", keeper=keeper, **brick, **kept)
    (held,) = await options(walk, handler, "transfer-object", "objects_held")
    await walk.do(handler, "transfer-object", exhibit=held, to_name="鉴定中心", reason="送鉴定", **kept)
    witness: dict[str, Any] = {"name": "木某", "telephone": "13808870077", "address": "建塘镇某村", "standing": "邻居"}
    words: dict[str, Any] = {"statement": "放炮后墙裂", "place": "村委会", "told": True, "read_back": True}
    seen: dict[str, Any] = {"checked_by": "identity_card", "id_number": identity_number()}
    await walk.do(handler, "record-testimony", held_at=at["moved_at"], **witness, **words, **seen)


async def _watched(walk: Walk) -> None:
    """An order from above, and a warning to the township."""
    day = str(local_date(walk.world.clock.now()) + timedelta(days=20))
    order: dict[str, Any] = {"ground": "major", "requirements": "每周报告进展", "contact": "综合科"}
    await walk.do("diqing.supervisor", "issue-order", **order, deadline=day)


async def _performed(walk: Walk) -> None:
    handler, today = "xgll.handler", str(local_date(walk.world.clock.now()))
    people, company = await walk.petitioners(), await walk.company()
    terms = await options(walk, handler, "record-performance", "agreement_terms")
    await walk.do(
        handler,
        "record-referral",
        channel="notarial_deed",
        applicants=[str(people[0].id), str(company.id)],
        own_application=True,
        organ="香格里拉市公证处",
        applied_on=today,
        terms=terms[:1],
        notary=str((await walk.world.subject("xgll.notary_b")).person_id),
    )
    hardship = {"party": str(people[0].id), "hardship": "poor_household", "facts": "低保户，房屋需修缮", "wanted": True}
    await walk.do(handler, "check-relief", hardships=[hardship])
    (check,) = await options(walk, handler, "refer-relief", "relief_checks")
    await walk.do(handler, "refer-relief", check=check, organ="建塘镇人民政府", applied_on=today, kind="temporary")
    (referral,) = await options(walk, handler, "answer-relief", "unanswered_relief")
    await walk.do(handler, "answer-relief", referral=referral, answer="granted", answered_on=today)
    done = {"on_date": today, "receipt_no": "转账1"}
    money = [{"term": terms[0], "amount_fen": teams.OWED, **done}]
    await walk.do(handler, "record-performance", rows=[*money, *({"term": term, **done} for term in terms[1:])])
    visit: dict[str, Any] = {"performed": True, "satisfied": True, "pressure": "none"}
    await walk.do(handler, "return-visit", party=str(people[0].id), **visit)


async def _paid(walk: Walk) -> None:
    today = str(local_date(walk.world.clock.now()))
    fee: dict[str, Any] = {"fee": "notary", "institution": "香格里拉市公证处", "invoice_no": "公证票0012"}
    await walk.do("xgll.payer", "find-responsibility", basis="agreement", reference="协议责任条款", **COMPANY)
    await walk.do("xgll.handler", "record-fee", **fee, actual_fen=123_457, incurred_on=today)
    await walk.do("xgll.director", "close-case", summary="协议已全部履行，回访满意")
    halves = [
        {"person_id": str((await walk.world.subject(login)).person_id), "percent": 50}
        for login in ("xgll.handler", "xgll.mediator")
    ]
    await walk.do("xgll.handler", "propose-settlement", **SCORED, reason="逐户走访，全部履行", shares=halves)
    await walk.do("xgll.reviewer", "review-settlement", verdict="agree")


async def options(walk: Walk, login: str, act: str, listed: str) -> list[str]:
    """The values that the act's form offers."""
    async with walk.world.as_(login) as (session, subject):
        case = await walk.world.case(walk.case_id)
        found = await walk.world.catalogue.options[listed](session, subject, case)
    return [str(option.value) for option in found]


async def kept(world: World, files: FileStore, case_id: UUID, login: str) -> UUID:
    """A small picture among the case's files."""
    content = BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "PNG")
    async with world.as_(login) as (session, subject):
        row = await files.keep(
            session, case_id=case_id, recorded_by=subject.person_id, name="裂缝.png", content=content.getvalue()
        )
    return row.id
