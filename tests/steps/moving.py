"""The main moves as forms over a model's case, and the next one that a good handler would make."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from cases.parties import Claim, Party
from cases.steps import State
from foundation.clock import local_date
from teams.agreement import Agreement, AgreementTerm
from teams.models import TeamMember
from tests.people import CLAIMS, registration
from tests.steps.model import (
    ARCHIVIST,
    CHAIR,
    DIRECTOR,
    HANDLER,
    INTAKE,
    MEDIATOR,
    Model,
)
from tests.teams.build import OPINION, OWED, row
from tests.world import World

Next = tuple[str, str, dict[str, Any]]
ASKED = {"asked_alone": True, "read_out": True, "may_take_home": True, "free": True}


class Moving(Struct):
    """One case under way in the real province, with its model."""

    world: World
    case_id: UUID
    model: Model
    team: list[dict[str, Any]]

    @property
    def today(self) -> date:
        return local_date(self.world.clock.now())

    async def ids(self, of: Any, *where: Any) -> list[str]:
        async with self.world.owner() as session:
            found = await session.scalars(select(of.id).where(of.case_id == self.case_id, *where).order_by(of.id))
        return [str(one) for one in found]

    async def members(self) -> list[str]:
        return await self.ids(TeamMember, TeamMember.role == "mediator", TeamMember.until.is_(None))

    async def owed(self) -> list[str]:
        """Terms of the agreement in effect; earlier drafts had their own."""
        effective = select(Agreement.id).where(Agreement.case_id == self.case_id, Agreement.status == "effective")
        return await self.ids(AgreementTerm, AgreementTerm.agreement_id.in_(effective))

    async def form(self, act: str, chance: Random) -> dict[str, Any]:
        """Right in itself, for any party, claim or answer that the act knows; whether it fits now is the model's."""
        model = self.model
        party = chance.choice([*model.petitioners, model.company])
        match act:
            case "accept-member":
                member = (await self.members() or [str(UUID(int=1))])[0]
                return {"member_id": member, "party_ids": [party], "accepted": True, "form": "written"}
            case "record-performance":
                return {"rows": self._payments(await self.owed())}
            case _:
                return FORMS[act](self, chance, party)

    def _payments(self, terms: list[str]) -> list[dict[str, Any]]:
        paid = {"on_date": str(self.today), "amount_fen": OWED}
        return [{"term": term, **paid, "receipt_no": f"R{n}"} for n, term in enumerate(terms or [str(UUID(int=1))])]

    def schedule(self) -> dict[str, Any]:
        due = str(self.today + timedelta(days=10))
        term = {"obligor_id": self.model.company, "kind": "money", "amount_fen": OWED, "text": "修复费", "due_on": due}
        return {
            "manner": "written",
            "facts": "施工爆破致墙体开裂",
            "matters": "修复费",
            "terms": [{"party_id": one, **term} for one in self.model.staying or self.model.petitioners[:1]],
            "responsible_id": self.model.company,
            "responsibility": "公司负责",
            "undertakes_cost": True,
        }

    async def onward(self, chance: Random) -> Next | None:
        """What would be done next, whole; None = the case has come to its end."""
        model = self.model
        match model.state:
            case State.REGISTERED:
                return DIRECTOR, "approve-registration", {"answer": "approve"}
            case State.SET_BACK:
                return INTAKE, "complete-registration", {"supplement": "已补正"}
            case State.ASSESSING:
                return self._assess()
            case State.ACCEPTED:
                return self._entrust()
            case State.ENTRUSTED:
                return await self._handle(chance)
            case State.PROPOSED:
                return self._agree()
            case State.GUIDED:
                return (HANDLER if model.team else DIRECTOR), "check-relief", {"none_found": True}
            case State.RELIEVED:
                return await self._follow()
            case State.CLOSED if not model.volume_whole:
                return ARCHIVIST, "check-dossier", FORMS["check-dossier"](self, chance, "")
            case State.CLOSED | State.REFUSED:
                return ARCHIVIST, "archive-dossier", {"title": "道路施工损害赔偿纠纷"}
            case _:
                act = "return-dossier" if model.lent else "lend-dossier"
                return ARCHIVIST, act, FORMS[act](self, chance, "")

    def _assess(self) -> Next:
        model = self.model
        for claim in model.claims:
            if claim not in model.suitable:
                return DIRECTOR, "assess-claim", suitable(claim)
        if asked := [one for one in (*model.staying, model.company) if one not in model.agrees]:
            return DIRECTOR, "record-consent", {"party_ids": asked[:1], "kind": "mediation", "given": True}
        if untold := [one for one in model.staying if one not in model.discloses]:
            return INTAKE, "record-consent", {"party_ids": untold, "kind": "disclosure", "given": True}
        return DIRECTOR, "accept-case", {"arrangement": "三十日内办结"}

    def _entrust(self) -> Next:
        if not self.model.deed:
            return DIRECTOR, "propose-entrustment", {"unit_clear": True, "scope": "两项诉求"}
        capacity = "unit" if "unit" not in self.model.deed_signed else "committee"
        return DIRECTOR, "sign-entrustment", signature(capacity)

    async def _handle(self, chance: Random) -> Next:
        model = self.model
        if not model.team:
            return DIRECTOR, "form-team", {"members": self.team}
        if asked := sorted(model.table - model.accepts_mediator):
            accepted = await self.form("accept-member", chance)
            return DIRECTOR, "accept-member", {**accepted, "party_ids": asked}
        if not model.confirmed:
            return DIRECTOR, "confirm-team", {}
        if not model.plan:
            return HANDLER, "write-plan", {"dispute": "开裂原因", "measures": "实地查看，分户协商"}
        return HANDLER, "issue-opinion", dict(OPINION)

    def _agree(self) -> Next:
        model = self.model
        if model.draft is None or not model.draft <= model.table:
            return HANDLER, "draft-agreement", self.schedule()
        if asked := sorted(model.table - model.free):
            return HANDLER, "confirm-free-will", {"party_id": asked[0], **ASKED}
        if unsigned := sorted(model.table - model.signed):
            return MEDIATOR, "sign-agreement", {"capacity": "self", "party_id": unsigned[0]}
        if MEDIATOR not in model.signed:
            return MEDIATOR, "sign-agreement", {"capacity": "mediator"}
        return CHAIR, "seal-agreement", {"copies": len(model.table) + 1}

    async def _follow(self) -> Next:
        model = self.model
        if model.effective and not model.performed:
            return HANDLER, "record-performance", {"rows": self._payments(await self.owed())}
        if model.effective and (unasked := [one for one in model.staying if one not in model.visited]):
            return HANDLER, "return-visit", visit(unasked[0])
        return DIRECTOR, "close-case", {"summary": "已办结"}


def suitable(claim: str) -> dict[str, Any]:
    return {"claim_id": claim, "decision": "suitable", "land_matter": "damage"}


def signature(capacity: str) -> dict[str, Any]:
    return {"capacity": capacity, "signed_name": "签名", "sealed": True}


def visit(party: str) -> dict[str, Any]:
    return {"party": party, "performed": True, "satisfied": True, "pressure": "none"}


def _due(case: Moving) -> str:
    return str(case.today + timedelta(days=7))


FORMS: dict[str, Callable[[Moving, Random, str], dict[str, Any]]] = {
    "approve-registration": lambda case, chance, party: chance.choice(
        ({"answer": "approve"}, {"answer": "approve"}, {"answer": "set_back", "reason": "请补正材料"})
    ),
    "complete-registration": lambda case, chance, party: {"supplement": "已补正"},
    "assess-claim": lambda case, chance, party: suitable(chance.choice(case.model.claims)),
    "record-consent": lambda case, chance, party: {
        "party_ids": [party],
        "kind": "mediation",
        "given": chance.random() < 0.8,
    },
    "withdraw-consent": lambda case, chance, party: {"party_id": party},
    "leave-mediation": lambda case, chance, party: {},
    "accept-case": lambda case, chance, party: {"arrangement": "三十日内办结"},
    "propose-entrustment": lambda case, chance, party: {"unit_clear": True, "scope": "两项诉求"},
    "sign-entrustment": lambda case, chance, party: signature(chance.choice(("unit", "committee"))),
    "form-team": lambda case, chance, party: {"members": case.team},
    "confirm-team": lambda case, chance, party: {},
    "write-plan": lambda case, chance, party: {"dispute": "开裂原因", "measures": "分户协商"},
    "issue-opinion": lambda case, chance, party: dict(OPINION),
    "draft-agreement": lambda case, chance, party: case.schedule(),
    "confirm-free-will": lambda case, chance, party: {"party_id": party, **ASKED},
    "sign-agreement": lambda case, chance, party: chance.choice(
        ({"capacity": "mediator"}, {"capacity": "self", "party_id": party})
    ),
    "seal-agreement": lambda case, chance, party: {"copies": 5},
    "terminate": lambda case, chance, party: {
        "ground": "failed",
        "channels": [{"way": "civil_suit", "organ": "香格里拉市人民法院"}],
    },
    "check-relief": lambda case, chance, party: {"none_found": True},
    "return-visit": lambda case, chance, party: visit(chance.choice(case.model.petitioners)),
    "close-case": lambda case, chance, party: {"summary": "已办结"},
    "check-dossier": lambda case, chance, party: {"on_paper": [{"item": item, "pages": 1} for item in (1, 2, 3, 7, 8)]},
    "archive-dossier": lambda case, chance, party: {"title": "道路施工损害赔偿纠纷"},
    "lend-dossier": lambda case, chance, party: {
        "reader": "own",
        "borrower": "何建国",
        "unit": "市人民调解工作室",
        "purpose": "参考",
        "manner": "on_the_spot",
        "due_on": _due(case),
        "identity_checked": True,
    },
    "return-dossier": lambda case, chance, party: {"condition": "intact"},
}
"""The main moves with one form each; what it names is drawn."""


async def begin(world: World) -> Moving:
    """Registered at the county's own desk: two petitioners, one company, two claims that are fit for mediation."""
    form = await registration(world, persons=2, representatives=1)
    made = await world.register(INTAKE, **{**form, "claims": list(CLAIMS[:2])})
    async with world.owner() as session:
        ordered = select(Party).where(Party.case_id == made.case.id).order_by(Party.ordinal)
        parties = list(await session.scalars(ordered))
        claims = list(await session.scalars(select(Claim.id).where(Claim.case_id == made.case.id)))
    model = Model(
        petitioners=[str(one.id) for one in parties if one.side == "petitioner"],
        company=next(str(one.id) for one in parties if one.side == "respondent"),
        claims=sorted(map(str, claims)),
    )
    team = [await row(world, login, role) for login, role in ((HANDLER, "handler"), (MEDIATOR, "mediator"))]
    return Moving(world, made.case.id, model, team)
