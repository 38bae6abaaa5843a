"""委托 to 处理意见: the deed, the team that the parties accept, its plan, a sitting, and the opinion."""

from datetime import timedelta

from msgspec import to_builtins

from cases.classes import MAJOR
from cases.deeds import DEED, DEED_SIGNED, Deed, DeedPaper, DeedSignature, Signatory, SignatureLine, SignedPaper
from cases.steps import State
from foundation.clock import local_date
from policies.relations import Relation
from server.seed.stations import Post
from server.seed.story.evidence import collect
from server.seed.story.reception import director
from server.seed.story.told import Story
from teams.acceptance import MEDIATOR
from teams.conference import MINUTES, ConferenceForm, ViewRow
from teams.formation import TEAM_PAPER, TeamForm
from teams.mediation_session import SESSION_PAPER, Result, SessionForm
from teams.models import Plan, Team, TeamMember
from teams.opinion import LABEL, OPINION, OPINION_COPY, OpinionForm
from teams.plan import PLAN_PAPER, PlanForm
from teams.roles import TeamRole
from teams.seating import MemberRow

OTHER_SIDE = "对方当事人"
"""Who entrusts where no unit was visited."""


def entrust(story: Story) -> None:
    """The deed is proposed, signed by the other side and by the committee; then the team is formed."""
    entrusted, by = story.clock, director(story.holder)
    story.passes(hours=-20)
    deed = _propose(story, by)
    lines: list[SignatureLine] = []
    for hours, capacity in ((19, Signatory.UNIT), (1, Signatory.COMMITTEE)):
        story.passes(hours=hours)
        lines.append(SignatureLine(capacity=capacity, sealed=True, on=local_date(story.clock)))
        _sign(story, deed, lines, by)
    story.clock = entrusted
    if story.passes(hours=2):
        _form_team(story, by)


def give_opinion(story: Story) -> None:
    """A sitting, in a major case a conference, and the opinion to everyone at the table."""
    given, by = story.clock, handler(story)
    story.passes(hours=-50)
    collect(story, by)
    story.clock = given
    story.passes(hours=-48)
    _sit(story, by)
    if story.case.case_class in MAJOR:
        story.passes(hours=24)
        _confer(story, by)
    story.clock = given
    words = OpinionForm(
        facts="双方陈述与现有材料能够相互印证",
        legal_basis="民法典第7条、第509条、第1165条",
        proposal="按双方认可的数额分期给付",
    )
    content = {"label": LABEL, **to_builtins(words), **story.clock_and_helpers()}
    story.paper(OPINION, content, by)
    for party in story.table:
        story.paper(OPINION_COPY, content, by, party)
    story.act("issue-opinion", by, {"copies": len(story.table)}, to=State.PROPOSED, audience="parties")


def mediators(story: Story) -> tuple[Post, Post]:
    """Of the committee that posts the station: who handles the case, and who mediates."""
    committee = story.stations.by_office[story.holder.committee_id or 0]
    found = [post for post in committee.posts if post.role == "mediator"]
    return found[0], found[1]


def handler(story: Story) -> Post:
    return mediators(story)[0]


def _propose(story: Story, by: Post) -> Deed:
    signs_by = story.ends("unit_signature", story.clock).moment
    story.start("unit_signature", due=signs_by)
    today = local_date(story.clock)
    deed = Deed(
        id=story.id(),
        case_id=story.case.id,
        number=story.number("deed", story.holder),
        unit_clear=True,
        unit_signs_by=signs_by,
        begins_on=today,
        ends_on=today + timedelta(days=30),
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(deed)
    story.paper(DEED, _printed(story, deed), by, number=deed.number)
    tenant = story.holder.tenant_id
    if office := story.stations.petition_offices.get(tenant):
        story.relate(Relation.ENTRUSTS, f"deeds:{deed.id}", tenant_id=tenant, office_id=office)
    story.act("propose-entrustment", by, {"number": deed.number, "unit_clear": True})
    return deed


def _printed(story: Story, deed: Deed) -> DeedPaper:
    """As `cases.entrustment.propose_entrustment`; the other side is the unit."""
    return DeedPaper(
        entruster=story.case.visited_unit or OTHER_SIDE,
        trustee=story.stations.by_office[story.holder.committee_id or story.holder.id].name,
        unit_clear=True,
        petitioners=[party.id for party in story.petitioners],
        respondents=[story.other_side.id],
        claims=[1],
        scope="本案全部诉求",
        begins_on=local_date(story.clock),
        ends_on=local_date(story.clock) + timedelta(days=30),
        signed_by=local_date(deed.unit_signs_by),
    )


def _sign(story: Story, deed: Deed, lines: list[SignatureLine], by: Post) -> None:
    """The second signature makes it effective: the page of signatures, and the term to sign is over."""
    capacity = lines[-1].capacity
    signature = DeedSignature(
        id=story.id(),
        case_id=story.case.id,
        deed_id=deed.id,
        capacity=capacity.value,
        signed_name="授权代表",
        sealed=True,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(signature)
    if capacity is Signatory.UNIT:
        story.finish("unit_signature")
    else:
        signed = SignedPaper(deed_number=deed.number, signatures=lines, effective_on=local_date(story.clock))
        story.paper(DEED_SIGNED, signed, by)
    to = State.ENTRUSTED if capacity is Signatory.COMMITTEE else State.ACCEPTED
    data = {"capacity": capacity.value, "number": deed.number}
    story.act("sign-entrustment", by, data, to=to, audience="parties")


def _form_team(story: Story, by: Post) -> None:
    """Formed, accepted by everyone at the table, confirmed; the plan follows on the next day."""
    lead, mediator = mediators(story)
    story.case.case_no = story.number("case", story.holder)
    story.case.handler_id = lead.person_id
    team = Team(
        id=story.id(),
        case_id=story.case.id,
        office_id=story.holder.id,
        formed_by=by.person_id,
        recorded_at=story.clock,
    )
    story.add(team)
    parts = [(TeamRole.HANDLER, lead), (TeamRole.MEDIATOR, mediator), (TeamRole.LEADER, lead)]
    if lawyer := story.holder.who("lawyer"):
        parts.insert(2, (TeamRole.LAWYER, lawyer))
    for role, post in parts:
        _seat(story, team, role, post)
    rows = [MemberRow(person_id=post.person_id, role=role, no_conflict=True) for role, post in parts[:-1]]
    story.paper(TEAM_PAPER, TeamForm(members=rows), by)
    data = {"case_no": story.case.case_no, "members": len(rows)}
    story.act("form-team", by, data, audience="parties")
    if story.passes(hours=1):
        _accept(story, team, by)
    if story.passes(hours=20):
        _plan(story, team, lead)


def _seat(story: Story, team: Team, role: TeamRole, post: Post) -> None:
    """Who needs the parties' acceptance sees nothing before it."""
    waits = role is TeamRole.MEDIATOR
    member = TeamMember(
        id=story.id(),
        case_id=story.case.id,
        team_id=team.id,
        person_id=post.person_id,
        role=role.value,
        status="proposed",
        needs_acceptance=waits,
        since=story.clock,
        recorded_at=story.clock,
    )
    story.add(member)
    if not waits:
        _open_sight(story, member)


def _open_sight(story: Story, member: TeamMember) -> None:
    member.status = "accepted"
    relation = Relation.HANDLER if member.role == TeamRole.HANDLER else Relation.TEAM
    story.relate(relation, f"team_members:{member.id}", person_id=member.person_id, role=member.role)


def _accept(story: Story, team: Team, by: Post) -> None:
    member = next(member for member in story.found(TeamMember) if member.needs_acceptance)
    for party in story.table:
        story.consent(party, MEDIATOR, by, about=str(member.person_id))
    _open_sight(story, member)
    data = {"role": member.role, "accepted": True, "parties": len(story.table)}
    story.act("accept-member", by, data, audience="parties")
    team.confirmed_at = story.clock
    story.act("confirm-team", by, audience="parties")


def _plan(story: Story, team: Team, by: Post) -> None:
    form = PlanForm(dispute="责任划分与给付数额", measures="走访核实，分别沟通，当面调解")
    paper = story.paper(PLAN_PAPER, form, by)
    plan = Plan(
        id=story.id(),
        case_id=story.case.id,
        team_id=team.id,
        version=1,
        paper_id=paper.id,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(plan)
    story.act("write-plan", by, {"version": 1})


def _sit(story: Story, by: Post) -> None:
    members = [member for member in story.found(TeamMember) if member.role != TeamRole.LEADER]
    form = SessionForm(
        held_at=story.clock,
        place=story.holder.name,
        member_ids=[member.id for member in members],
        party_ids=[party.id for party in story.table],
        rights_told=True,
        petitioner_view="希望尽快解决，可以协商数额",
        respondent_view="愿意协商，请求分期给付",
        course="调解员讲明法律规定，双方分别陈述，就数额和期限协商",
        result=Result.GOES_ON,
    )
    content = to_builtins(form) | {"member_ids": [_named(story, member) for member in members]}
    story.paper(SESSION_PAPER, content, by)
    data = {"result": Result.GOES_ON.value, "parties": len(story.table)}
    story.act("record-session", by, data, audience="parties")


def _confer(story: Story, by: Post) -> None:
    members = [member for member in story.found(TeamMember) if member.role != TeamRole.LEADER]
    views = [ViewRow(member_id=member.id, view="同意按责任比例协商") for member in members]
    form = ConferenceForm(held_at=story.clock, views=views, conclusion="按责任比例提出调解建议")
    content = to_builtins(form)
    for view, member in zip(content["views"], members, strict=True):
        view["member_id"] = _named(story, member)
    story.paper(MINUTES, content, by)
    story.act("confer", by, {"present": len(views)})


def _named(story: Story, member: TeamMember) -> str:
    """Name and part, as a paper keeps them."""
    return f"{story.stations.names[member.person_id]}（{TeamRole(member.role).label}）"
