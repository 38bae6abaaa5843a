"""The agreement: drafted, asked about alone; signed and sealed, or written down by the mediator if oral."""

from datetime import timedelta

from msgspec import to_builtins

from cases.steps import State
from foundation.clock import SHANGHAI, local_date
from server.seed.light import PERFORMANCE_DAYS
from server.seed.stations import Post
from server.seed.story.mediation import handler, mediators
from server.seed.story.told import Story
from teams.agreement import Agreement, AgreementTerm, Manner, Medium, Performance, Signature, Status
from teams.agreement_text import AGREEMENT_PAPER, agreement_text
from teams.effect import OUTCOME
from teams.free_will import FREE_WILL, FREE_WILL_PAPER

LEAST_FEN, MOST_FEN = 80_000, 6_000_000
"""Owed to each petitioner: 800 to 60,000 yuan."""


def agree(story: Story) -> None:
    """From the draft to the seal, on two days."""
    sealed = story.clock
    story.passes(hours=-24)
    agreement = _draft(story)
    story.passes(hours=2)
    _ask_alone(story, agreement)
    if agreement.manner == Manner.WRITTEN:
        _sign(story, agreement)
    story.clock = sealed
    _take_effect(story, agreement)


def _draft(story: Story) -> Agreement:
    company = story.other_side.kind == "unit"
    by, manner = handler(story), Manner.ORAL if story.run.ending == "oral" else Manner.WRITTEN
    agreement = Agreement(
        id=story.id(),
        case_id=story.case.id,
        version=1,
        status=Status.DRAFT.value,
        manner=manner.value,
        medium=Medium.PAPER.value,
        content={
            "facts": "双方因本案纠纷协商，事实已经核对",
            "matters": "给付数额与期限",
            "legal_basis": None,
            "responsibility": "企业承担本案责任和办案成本补助" if company else None,
        },
        responsible_id=story.other_side.id if company else None,
        undertakes_cost=company,
        accepts_enforcement=manner is Manner.WRITTEN,
        agreed_on=local_date(story.clock) if manner is Manner.ORAL else None,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(agreement)
    _terms(story, agreement)
    data = {"version": 1, "terms": len(story.found(AgreementTerm))}
    story.act("draft-agreement", by, data, audience="parties")
    return agreement


def _terms(story: Story, agreement: Agreement) -> None:
    """The other side pays each petitioner; all on one day."""
    due = local_date(story.clock) + timedelta(days=PERFORMANCE_DAYS)
    for ordinal, party in enumerate(story.table[:-1], 1):
        term = AgreementTerm(
            id=story.id(),
            case_id=story.case.id,
            agreement_id=agreement.id,
            ordinal=ordinal,
            party_id=party.id,
            obligor_id=story.other_side.id,
            kind=Performance.MONEY.value,
            amount_fen=story.random.randrange(LEAST_FEN, MOST_FEN, 10_000),
            text="一次性付清，转账支付",
            due_on=due,
            recorded_at=story.clock,
        )
        story.add(term)


def _ask_alone(story: Story, agreement: Agreement) -> None:
    by = handler(story)
    answer = {"asked_alone": True, "read_out": True, "may_take_home": True, "free": True}
    for party in story.table:
        story.consent(party, FREE_WILL, by, about=str(agreement.id))
        story.paper(FREE_WILL_PAPER, answer, by, party)
        story.act("confirm-free-will", by)


def _sign(story: Story, agreement: Agreement) -> None:
    _, mediator = mediators(story)
    for party in story.table:
        _signature(story, agreement, mediator, "self", party_id=party.id)
        story.act("sign-agreement", mediator, {"capacity": "self", "side": party.side}, audience="parties")
    _signature(story, agreement, mediator, "mediator", person_id=mediator.person_id)
    story.act("sign-agreement", mediator, {"capacity": "mediator"}, audience="parties")


def _signature(story: Story, agreement: Agreement, by: Post, capacity: str, **who: object) -> None:
    signature = Signature(
        id=story.id(),
        case_id=story.case.id,
        agreement_id=agreement.id,
        capacity=capacity,
        signed_at=story.clock,
        recorded_at=story.clock,
        recorded_by=by.person_id,
        **who,
    )
    story.add(signature)


def _take_effect(story: Story, agreement: Agreement) -> None:
    """As `teams.seal` and `teams.oral`: the number is the committee's, and the terms of the law begin."""
    committee = story.stations.by_office[story.holder.committee_id or 0]
    chair = committee.who("committee_chair", "mediator")
    assert chair is not None  # every committee over a workroom has its mediators
    sealed = agreement.manner == Manner.WRITTEN
    by = chair if sealed else mediators(story)[1]
    agreement.status, agreement.committee_id = Status.EFFECTIVE.value, committee.id
    agreement.number = story.number("agreement", committee)
    agreement.effective_at = story.clock
    if agreement.agreed_on is not None:
        agreed = story.clock.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        agreement.effective_at = agreed - (agreed.date() - agreement.agreed_on)
    terms = story.found(AgreementTerm)
    story.finish("mediation")
    story.start("confirmation", since=agreement.effective_at)
    due = terms[0].due_on
    story.start(
        "performance",
        due=story.clock.astimezone(SHANGHAI).replace(
            year=due.year, month=due.month, day=due.day, hour=23, minute=59, second=59, microsecond=0
        ),
    )
    copies = len(story.table) + 1 if sealed else 1
    text = agreement_text(agreement, terms, story.found(Signature), copies)
    content = to_builtins(text) | story.clock_and_helpers()
    agreement.paper_id = story.paper(AGREEMENT_PAPER, content, by, number=agreement.number).id
    story.case.outcome, story.case.guided_at = OUTCOME[agreement.manner], story.clock
    for party in story.petitioners:
        party.status = "settled"
    data = {"number": agreement.number, "terms": len(terms)}
    story.act("seal-agreement" if sealed else "record-oral-agreement", by, data, to=State.GUIDED, audience="parties")
