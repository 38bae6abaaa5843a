"""A case as plain facts, and what the law's table lets happen to it: the other side of the proof of the lifecycle.

It knows nothing of the database. It foretells the main moves: who may, from which state, what is still missing, and
where the case goes. What it does not follow (`clouded`) it does not foretell.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from cases.editions import EDITIONS
from cases.steps import MEDIATING, State

DIRECTOR, DEPUTY, INTAKE, HANDLER = "xgll.director", "xgll.deputy", "xgll.intake", "xgll.handler"
MEDIATOR, CHAIR, ARCHIVIST, PETITIONER = "xgll.mediator", "xgll.chair", "xgll.archivist", "petitioner"
DESK = frozenset({DIRECTOR, DEPUTY})
STRANGERS = frozenset({"deqin.director", "jiantang.clerk", "jiantang.head"})
ABOVE = frozenset({"diqing.supervisor", "diqing.director"})
BESIDE = frozenset({"xgll.cashier", "xgll.auditor", "xgll.payer", "xgll.reviewer", "xgll.signatory", "xgll.lawyer"})
EVERYBODY = (DIRECTOR, DEPUTY, INTAKE, HANDLER, MEDIATOR, CHAIR, ARCHIVIST, PETITIONER, *STRANGERS, *ABOVE, *BESIDE)
UNALLOWED = frozenset({"forbidden", "not_found"})

WHO: dict[str, frozenset[str]] = {
    "approve-registration": DESK,
    "complete-registration": frozenset({INTAKE}),
    "assess-claim": DESK,
    "record-consent": DESK | {INTAKE, HANDLER},
    "withdraw-consent": DESK | {HANDLER},
    "accept-case": DESK,
    "propose-entrustment": DESK | {HANDLER},
    "sign-entrustment": DESK,
    "form-team": DESK,
    "accept-member": DESK | {INTAKE, HANDLER},
    "confirm-team": DESK,
    "write-plan": frozenset({HANDLER}),
    "issue-opinion": frozenset({HANDLER}),
    "draft-agreement": frozenset({HANDLER, MEDIATOR}),
    "confirm-free-will": DESK | {HANDLER, MEDIATOR},
    "sign-agreement": frozenset({MEDIATOR}),
    "seal-agreement": frozenset({CHAIR}),
    "terminate": DESK | {HANDLER},
    "check-relief": DESK | {HANDLER},
    "record-performance": DESK | {HANDLER, CHAIR},
    "return-visit": DESK | {HANDLER},
    "close-case": DESK,
    "check-dossier": frozenset({ARCHIVIST}),
    "archive-dossier": frozenset({ARCHIVIST}),
    "lend-dossier": frozenset({ARCHIVIST}),
    "return-dossier": frozenset({ARCHIVIST}),
    "leave-mediation": frozenset({PETITIONER}),
}
"""Who does the main moves in a county's own case (rules 9, 11, 15, 16–19c, 52, 55), once they are on the team."""
HARMLESS = frozenset({"write-note", "record-standing", "tag-case", "add-evidence", "reveal-party", "record-session"})
"""Acts outside the model that change nothing of what it foretells."""

ALSO_THEIRS = {
    "leave-mediation": frozenset({"move_refused", "not_taking_part"}),
    "sign-entrustment": frozenset(
        {"move_refused", "deed_missing", "consent_missing", "already_signed", "not_your_signature"}
    ),
}
"""By rule it is others' too: to record for a party by another act, to sign for the petition office; never so."""

Form = dict[str, Any]
Lack = Callable[["Model", Form], str | None]


class Model(Struct):
    """One case of two petitioners against one company."""

    petitioners: list[str]
    company: str
    claims: list[str]
    state: State = State.REGISTERED
    suitable: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    agrees: set[str] = field(default_factory=set)
    discloses: set[str] = field(default_factory=set)
    deed: bool = False
    deed_signed: set[str] = field(default_factory=set)
    team: bool = False
    confirmed: bool = False
    accepts_mediator: set[str] = field(default_factory=set)
    mediator_in: bool = False
    plan: bool = False
    draft: frozenset[str] | None = None
    signed: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    effective: frozenset[str] | None = None
    performed: bool = False
    visited: set[str] = field(default_factory=set)
    volume_whole: bool = False
    lent: bool = False
    clouded: bool = False

    @property
    def staying(self) -> list[str]:
        return [one for one in self.petitioners if one not in self.left]

    @property
    def table(self) -> frozenset[str]:
        """Petitioners who go on, and the company once it has agreed."""
        there = [self.company] if self.company in self.agrees - self.left else []
        return frozenset([*self.staying, *there])

    def foretold(self, who: str, act: str, form: Form) -> frozenset[str] | State | None:
        """Codes of which one must refuse, or the state afterwards; None = not foretold."""
        if self.clouded or act not in WHO:
            return None
        if who not in WHO[act] or not self._sits(who):
            return None if who == PETITIONER else UNALLOWED | ALSO_THEIRS.get(act, frozenset())
        if act == "accept-member" and self.effective:
            return None
        move = EDITIONS[-1].moves[act]
        if self.state not in move.when:
            return frozenset({"move_refused"})
        lacking = LACKS.get(act, _nothing)(self, form)
        return frozenset({lacking}) if lacking else self._target(act, form)

    def _sits(self, who: str) -> bool:
        """Who works on the case by the team only."""
        if who == HANDLER:
            return self.team
        return who != MEDIATOR or self.mediator_in

    def _target(self, act: str, form: Form) -> State:
        match act:
            case "approve-registration":
                return State.ASSESSING if form["answer"] == "approve" else State.SET_BACK
            case "sign-entrustment":
                signed = self.deed_signed | {form["capacity"]}
                return State.ENTRUSTED if {"unit", "committee"} <= signed else State.ACCEPTED
            case "withdraw-consent" | "leave-mediation" if not self._goes_on_without(form.get("party_id")):
                return State.GUIDED
            case "record-consent" if not form["given"] and self.state in MEDIATING:
                return State.GUIDED if not self._goes_on_without(form["party_ids"][0]) else self.state
            case _:
                return MOVES_TO.get(act, self.state)

    def _goes_on_without(self, party: str | None) -> bool:
        """Whether somebody of that party's side stays; without a name, the first petitioner's."""
        party = party or self.petitioners[0]
        return party != self.company and bool(set(self.staying) - {party})

    def done(self, act: str, form: Form, state: State) -> None:
        """What a move that went through changes; `state` is where the case is now."""
        followed = FOLLOWS.get(act)
        if followed is not None:
            followed(self, form)
        elif act not in HARMLESS | WHO.keys():
            self.clouded = True
        self.state = state


def _nothing(model: Model, form: Form) -> str | None:
    return None


def _both_sides(model: Model, form: Form) -> str | None:
    heard = bool(model.staying) and {*model.staying} <= model.agrees & model.discloses
    return None if heard and model.company in model.agrees else "consent_missing"


def _acceptance(model: Model, form: Form) -> str | None:
    return _both_sides(model, form) if set(model.claims) == model.suitable else "claims_pending"


def _signing(model: Model, form: Form) -> str | None:
    if not model.deed:
        return "deed_missing"
    return _both_sides(model, form) or ("already_signed" if form["capacity"] in model.deed_signed else None)


def _leaving(model: Model, form: Form) -> str | None:
    return "invalid_input" if form["party_id"] in model.left else None


def _team(model: Model, form: Form) -> str | None:
    return None if model.team else "team_missing"


def _accepting(model: Model, form: Form) -> str | None:
    return _team(model, form) or (None if set(form["party_ids"]) <= model.table else "invalid_input")


def _team_accepted(model: Model, form: Form) -> str | None:
    return _team(model, form) or (None if model.table <= model.accepts_mediator else "members_not_accepted")


def _team_confirmed(model: Model, form: Form) -> str | None:
    return _team_accepted(model, form) if model.confirmed else "team_not_confirmed"


def _at_the_table(model: Model, form: Form) -> str | None:
    """A draft, and a party that sits there; the mediator signs for nobody."""
    if model.draft is None:
        return "agreement_missing"
    return None if form.get("party_id") in {None, *model.table} else "invalid_input"


def _signing_once(model: Model, form: Form) -> str | None:
    signed = form.get("party_id", MEDIATOR) in model.signed
    return _at_the_table(model, form) or ("invalid_input" if signed else None)


def _sealing(model: Model, form: Form) -> str | None:
    if model.draft is None:
        return "agreement_missing"
    if not model.draft <= model.table:
        return "draft_outdated"
    if not model.table | {MEDIATOR} <= model.signed:
        return "signatures_missing"
    return None if model.table <= model.free else "free_will_missing"


def _effective(model: Model, form: Form) -> str | None:
    return None if model.effective else "agreement_not_effective"


def _performing(model: Model, form: Form) -> str | None:
    """What is paid whole is not paid again."""
    return _effective(model, form) or ("invalid_input" if model.performed else None)


def _closing(model: Model, form: Form) -> str | None:
    if model.effective and not model.performed:
        return "not_performed"
    return "not_visited" if model.effective and not set(model.staying) <= model.visited else None


def _archiving(model: Model, form: Form) -> str | None:
    return "dossier_incomplete" if model.effective and not model.volume_whole else None


LACKS: dict[str, Lack] = {
    "accept-case": _acceptance,
    "propose-entrustment": _both_sides,
    "sign-entrustment": _signing,
    "withdraw-consent": _leaving,
    "leave-mediation": lambda model, form: "not_taking_part" if model.petitioners[0] in model.left else None,
    "form-team": lambda model, form: "team_exists" if model.team else None,
    "accept-member": _accepting,
    "confirm-team": _team_accepted,
    "write-plan": _team_confirmed,
    "issue-opinion": lambda model, form: None if model.plan else "plan_missing",
    "draft-agreement": _team_confirmed,
    "confirm-free-will": _at_the_table,
    "sign-agreement": _signing_once,
    "seal-agreement": _sealing,
    "record-performance": _performing,
    "return-visit": _effective,
    "close-case": _closing,
    "archive-dossier": _archiving,
    "lend-dossier": lambda model, form: "dossier_out" if model.lent else None,
    "return-dossier": lambda model, form: None if model.lent else "dossier_in",
}
"""Of what each main move waits for, the first that is not there, by its name: guards first, then what was filled in."""
MOVES_TO = {
    "complete-registration": State.REGISTERED,
    "accept-case": State.ACCEPTED,
    "issue-opinion": State.PROPOSED,
    "seal-agreement": State.GUIDED,
    "terminate": State.GUIDED,
    "check-relief": State.RELIEVED,
    "close-case": State.CLOSED,
    "archive-dossier": State.ARCHIVED,
}


def _consented(model: Model, form: Form) -> None:
    answered = set(form["party_ids"])
    if form["kind"] == "disclosure":
        model.discloses |= answered
        return
    if form.get("given"):
        model.clouded |= bool(answered & model.left)
        model.agrees |= answered
    elif not model.effective:
        _gone(model, answered)


def _gone(model: Model, parties: set[str]) -> None:
    model.left |= parties
    model.agrees -= parties
    model.discloses -= parties


def _proposed(model: Model, form: Form) -> None:
    """Where no unit is answerable the petition office entrusts in its place, which this model does not know."""
    model.deed, model.deed_signed = True, set()
    model.clouded |= not form.get("unit_clear")


def _deed_signed(model: Model, form: Form) -> None:
    """The petition office also signs for a unit that is late."""
    model.deed_signed.add(form["capacity"])
    model.clouded |= form["capacity"] not in {"unit", "committee"}


def _accepted(model: Model, form: Form) -> None:
    """Sight opens with the last yes."""
    model.accepts_mediator.update(form["party_ids"])
    model.mediator_in |= model.table <= model.accepts_mediator


def _confirmed(model: Model, form: Form) -> None:
    model.confirmed = model.mediator_in = True


def _drafted(model: Model, form: Form) -> None:
    model.draft, model.signed, model.free = model.table, set(), set()


def _sealed(model: Model, form: Form) -> None:
    model.effective = model.table


FOLLOWS: dict[str, Callable[[Model, Form], None]] = {
    "assess-claim": lambda model, form: model.suitable.add(form["claim_id"]),
    "record-consent": _consented,
    "withdraw-consent": lambda model, form: _gone(model, {form["party_id"]}),
    "leave-mediation": lambda model, form: _gone(model, {model.petitioners[0]}),
    "propose-entrustment": _proposed,
    "sign-entrustment": _deed_signed,
    "form-team": lambda model, form: setattr(model, "team", True),
    "accept-member": _accepted,
    "confirm-team": _confirmed,
    "write-plan": lambda model, form: setattr(model, "plan", True),
    "draft-agreement": _drafted,
    "confirm-free-will": lambda model, form: model.free.add(form["party_id"]),
    "sign-agreement": lambda model, form: model.signed.add(form.get("party_id", MEDIATOR)),
    "seal-agreement": _sealed,
    "record-performance": lambda model, form: setattr(model, "performed", True),
    "return-visit": lambda model, form: model.visited.add(form["party"]),
    "check-dossier": lambda model, form: setattr(model, "volume_whole", True),
    "lend-dossier": lambda model, form: setattr(model, "lent", True),
    "return-dossier": lambda model, form: setattr(model, "lent", False),
}
"""What a main move changes beside the state."""
