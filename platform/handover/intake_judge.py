"""One case from elsewhere, judged as a registration is, and by where it stands."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from msgspec import Meta, Struct

from cases.interview import LONGEST_JOINT, Mode
from cases.party_checks import warnings_of
from cases.reckoning import last_day
from cases.registration_checks import check
from cases.registration_form import ClaimRow, OtherSideRow, PetitionerRow, RegistrationForm, Source
from cases.suitability import UNFIT
from cases.terms import TERMS
from cases.timers import NO_DAYS_OFF
from foundation.errors import FieldError, InvalidInput
from foundation.identity_numbers import names_a_person
from foundation.language import N_
from handover.intake_known import Known, Standing, as_written
from handover.target_errors import TargetSponsored

OLDEST = date(2000, 1, 1)
"""Of a case that is still in progress; an earlier day is a slip."""
OLD = timedelta(days=5 * 365)


class OutsideCase(Struct, frozen=True, kw_only=True):
    """What another system says of one case. No field of it waives a later step: consents are asked again here."""

    outside_no: Annotated[str, Meta(title=N_("原系统编号"), min_length=1, max_length=60)]
    filed_on: Annotated[date, Meta(title=N_("原登记日期"), description=N_("法定期限自这一天起算"))]
    state: Annotated[Standing, Meta(title=N_("所处环节"))] = Standing.REGISTERED
    accepted_on: (
        Annotated[date, Meta(title=N_("原受理日期"), description=N_("已受理的必填，调解期限自这一天起算"))] | None
    ) = None
    came_with: (
        Annotated[str, Meta(title=N_("随案移来的材料"), max_length=2000, extra={"widget": "textarea"})] | None
    ) = None
    source: Annotated[Source, Meta(title=N_("来源"))]
    place_id: Annotated[int, Meta(title=N_("纠纷发生地"), extra={"options": "places"})]
    dispute_type: Annotated[int, Meta(title=N_("纠纷类型"), extra={"options": "dispute_types"})]
    petition_no: Annotated[str, Meta(title=N_("信访登记号（如有）"), max_length=60)] | None = None
    first_visit: Annotated[bool, Meta(title=N_("初次信访"))] = False
    petitioners: Annotated[list[PetitionerRow], Meta(title=N_("信访人"), max_length=LONGEST_JOINT)] = []
    visited_unit: Annotated[str, Meta(title=N_("被访单位"), max_length=120)] | None = None
    other_side: Annotated[list[OtherSideRow], Meta(title=N_("另一方当事人"), max_length=50)] = []
    statement: Annotated[
        str, Meta(title=N_("陈述"), min_length=2, max_length=20000, extra={"widget": "textarea", "lines": 8})
    ]
    claims: Annotated[list[ClaimRow], Meta(title=N_("诉求"), min_length=1, max_length=50)]


SHARED = frozenset(OutsideCase.__struct_fields__) & frozenset(RegistrationForm.__struct_fields__)


def registration_of(case: OutsideCase) -> RegistrationForm:
    """As if it were registered here. Who took the data told the persons then (17); we tell who has it now (23)."""
    same: dict[str, Any] = {name: getattr(case, name) for name in SHARED}
    return RegistrationForm(mode=Mode.DESK, privacy_notice=True, **same)


def errors_of(case: OutsideCase, known: Known, sent_on: date) -> list[FieldError]:
    """The same checks that a registration makes, and those of what came before. Without a database."""
    found = list(_of_origin(case, known, sent_on))
    try:
        check(registration_of(case), known.now)
    except InvalidInput as refused:
        found += refused.fields
    return found


def warnings_about(case: OutsideCase, known: Known) -> list[FieldError]:
    """Worth a second look; nothing waits for it."""
    found = warnings_of(case.petitioners, known.today)
    if known.today - case.filed_on > OLD:
        found.append(FieldError("filed_on", "old", N_("登记已超过五年，请核对日期")))
    if case.accepted_on is not None and (ended := _mediation_until(case.accepted_on)) < known.today:
        text = N_("调解期限已于 %(day)s 届满，接入后显示为逾期")
        found.append(FieldError("accepted_on", "overdue", text, {"day": str(ended)}))
    return found


def _mediation_until(accepted_on: date) -> date:
    """Calendar days: days off move none of them."""
    return last_day(TERMS["mediation"], accepted_on, NO_DAYS_OFF).day


def _of_origin(case: OutsideCase, known: Known, sent_on: date) -> Iterator[FieldError]:
    if case.outside_no in known.taken:
        yield FieldError("outside_no", "taken", N_("这个系统的这一编号已经接入过"))
    elif names_a_person(case.outside_no, known.today):
        yield FieldError("outside_no", "names_person", N_("原系统编号不能是公民身份号码"))
    if not OLDEST <= case.filed_on <= known.today:
        yield FieldError("filed_on", "out_of_bounds", N_("应当在2000年以后、今天以前"))
    elif case.filed_on > sent_on:
        yield FieldError("filed_on", "after_handover", N_("不得晚于移交日期"))
    if case.place_id not in known.places:
        yield FieldError("place_id", "not_a_choice", N_("请从所列地点中选择"))
    if case.dispute_type not in known.types:
        yield FieldError("dispute_type", "not_a_choice", N_("请从所列项目中选择"))
    yield from _of_sponsors(case, known)
    yield from _of_acceptance(case, known, sent_on)


def _of_sponsors(case: OutsideCase, known: Known) -> Iterator[FieldError]:
    """No committee takes what concerns the unit that has set it up, from outside either (rules.md, refusal 6)."""
    if as_written(case.visited_unit or "") in known.sponsors:
        yield FieldError("visited_unit", TargetSponsored.code, TargetSponsored.message)
    for index, row in enumerate(case.other_side):
        if {as_written(row.name), as_written(row.uscc or "")} & known.sponsors:
            yield FieldError(f"other_side.{index}.name", TargetSponsored.code, TargetSponsored.message)


def _of_acceptance(case: OutsideCase, known: Known, sent_on: date) -> Iterator[FieldError]:
    """What 受理 presupposes must be there, or the case comes in a step earlier. Guards ask for consents again."""
    if case.state is not Standing.ACCEPTED:
        if case.accepted_on is not None:
            yield FieldError("accepted_on", "not_wanted", N_("只有“已受理”的才填原受理日期"))
        return
    if case.accepted_on is None:
        yield FieldError("accepted_on", "required", N_("已受理的须填原受理日期"))
    elif not case.filed_on <= case.accepted_on <= sent_on:
        yield FieldError("accepted_on", "out_of_bounds", N_("应当在原登记日期以后、移交日期以前"))
    for text in _hindrances(case, known):
        yield FieldError("state", "not_acceptable", text)
    for index, claim in enumerate(case.claims):
        if claim.nature.value in UNFIT:
            yield FieldError(f"claims.{index}.nature", "unfit", N_("这类诉求不能调解，不能按“已受理”接入"))


def _hindrances(case: OutsideCase, known: Known) -> Iterator[str]:
    if not known.committee:
        yield N_("本站点没有派驻的人民调解委员会，不能组织调解")
    if not case.petitioners or not case.other_side:
        yield N_("已受理的须有双方当事人；缺一方的按“评析中”接入")
    if case.dispute_type in known.asking:
        yield N_("征地拆迁纠纷须在本系统逐项评析，按“评析中”接入")
    if any(begins <= case.filed_on and (ends is None or case.filed_on < ends) for begins, ends in known.own_steps):
        yield N_("本单位规定受理前有自己的环节，按“评析中”接入")


def repeated(numbers: Sequence[str]) -> Iterator[int]:
    """Places of numbers that stood before."""
    seen: set[str] = set()
    for place, number in enumerate(numbers):
        if number in seen:
            yield place
        seen.add(number)


REPEATED = N_("与前面的编号重复")
