"""Rules of a registration that one field alone can't say. Never among them: a missing paper, the number of persons,

the level, a duplicate, what somebody did before (N10).
"""

from collections.abc import Iterator
from datetime import date, datetime

from cases.interview import Mode
from cases.party_checks import errors_of
from cases.registration_form import RegistrationForm, Source
from cases.sources import source_errors
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput
from foundation.identity_numbers import names_a_person
from foundation.language import N_

IN_FUTURE = N_("日期不得晚于今天")
REQUIRED = N_("请填写")


def check(form: RegistrationForm, now: datetime) -> None:
    """Raises InvalidInput naming every field."""
    today = local_date(now)
    errors = [
        *errors_of(form.petitioners, form.other_side, today),
        *_interview_errors(form, now),
        *_claim_errors(form, today),
        *_feed_errors(form),
        *source_errors(form),
        *_number_errors(form, today),
    ]
    if errors:
        raise InvalidInput(*errors)


def _interview_errors(form: RegistrationForm, now: datetime) -> Iterator[FieldError]:
    for field in ("held_at", "found_at"):
        value: datetime | None = getattr(form, field)
        if value is not None and value.tzinfo is None:
            yield FieldError(field, "not_an_instant", N_("请填日期和时间，如 2026-03-01T09:30:00+08:00"))
        elif value is not None and value > now:
            yield FieldError(field, "in_future", N_("时间不得晚于现在"))
    if form.mode is Mode.OUTREACH:
        for field in ("held_at", "held_place"):
            if getattr(form, field) is None:
                yield FieldError(field, "required", N_("深入基层接谈须写明时间和地点"))
    if form.oral and not form.read_back:
        yield FieldError("read_back", "required", N_("口头陈述须宣读并经确认"))
    if form.petitioners and not form.privacy_notice:
        yield FieldError("privacy_notice", "required", N_("须先作个人信息告知（个人信息保护法第17条）"))


def _number_errors(form: RegistrationForm, today: date) -> Iterator[FieldError]:
    if form.petition_no and names_a_person(form.petition_no, today):
        yield FieldError("petition_no", "names_person", N_("信访登记号不能是公民身份号码"))


def _claim_errors(form: RegistrationForm, today: date) -> Iterator[FieldError]:
    for index, row in enumerate(form.claims):
        if row.known_on and row.known_on > today:
            yield FieldError(f"claims.{index}.known_on", "in_future", IN_FUTURE)


def _feed_errors(form: RegistrationForm) -> Iterator[FieldError]:
    """15a: what a platform passes on is a dispute, with source and purpose; nobody is named who did not apply."""
    if form.feed is None:
        if form.feed_purpose is not None:
            yield FieldError("feed", "required", REQUIRED)
        return
    if form.feed_purpose is None:
        yield FieldError("feed_purpose", "required", N_("须写明推送的目的（个人信息保护法第6条）"))
    if form.petitioners and form.source is not Source.APPLICATION:
        text = N_("推送的信息只登记纠纷，不登记未申请的人；本人已申请的，来源选“当事人申请”")
        yield FieldError("petitioners", "names_persons", text)
