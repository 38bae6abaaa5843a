"""Cases in progress from another system, as JSON: tried out or taken in, all of a call or nothing of it."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import body, once
from foundation.errors import FieldError, InvalidInput
from foundation.idempotency import Answer
from foundation.language import N_, current_language
from handover import intake
from handover.intake import IntakeForm
from handover.intake_judge import REPEATED, OutsideCase, errors_of, repeated, warnings_about
from handover.intake_known import Known, Standing, known_to

TAG = "handover"
MOST_CASES = 200
LARGEST = 4 * 1024 * 1024
BY_TWO = N_("接口只接入“已登记”的案件；所处环节在后的，请上传文件，由另一人确认接入")
"""报备审批 takes two persons, and a call is one's."""


class IntakeCall(IntakeForm, frozen=True, kw_only=True):
    dry_run: Annotated[bool, Meta(title=N_("只试运行，不接入"))] = False
    cases: Annotated[list[OutsideCase], Meta(title=N_("案件"), min_length=1, max_length=MOST_CASES)]


class Doubt(Struct, frozen=True):
    """Worth a second look at one field; it holds nothing up."""

    field: str
    rule: str
    message: str


class TakenCase(Struct, frozen=True):
    outside_no: str
    case_id: UUID
    registration_no: str


class IntakeAnswer(Struct, frozen=True):
    """`intake_id` and `taken`: of a dry run empty. No receipts: each person gets one when told (act notify-origin)."""

    dry_run: bool
    cases: int
    persons: int
    warnings: list[Doubt]
    intake_id: UUID | None = None
    taken: list[TakenCase] = []


async def intake_call(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    call = await body(request, IntakeCall)
    intake.require(subject)

    async def produce() -> Answer:
        known = await known_to(session, subject, call.system, [one.outside_no for one in call.cases])
        intake.check_form(call, known.today)
        errors, doubts = await asyncio.to_thread(_judged, call, known)
        if errors:
            raise InvalidInput(*errors)
        persons = sum(len(one.petitioners) for one in call.cases)
        shown = IntakeAnswer(call.dry_run, len(call.cases), persons, [_doubt(one) for one in doubts])
        if call.dry_run:
            return answer(shown)
        row, made = await intake.take_in_at_once(session, subject, call, call.cases)
        taken = [
            TakenCase(one.outside_no, case.id, case.registration_no) for one, case in zip(call.cases, made, strict=True)
        ]
        return answer(IntakeAnswer(False, shown.cases, persons, shown.warnings, row.id, taken), status=201)

    return await once(request, session, subject, produce)


def _judged(call: IntakeCall, known: Known) -> tuple[list[FieldError], list[FieldError]]:
    errors: list[FieldError] = []
    doubts: list[FieldError] = []
    for index, case in enumerate(call.cases):
        errors += _below(index, errors_of(case, known, call.sent_on))
        if case.state is not Standing.REGISTERED:
            errors.append(FieldError(f"cases.{index}.state", "second_person", BY_TWO))
        doubts += _below(index, warnings_about(case, known))
    for index in repeated([case.outside_no for case in call.cases]):
        errors.append(FieldError(f"cases.{index}.outside_no", "repeated", REPEATED))
    return errors, doubts


def _below(index: int, found: Sequence[FieldError]) -> list[FieldError]:
    return [FieldError(f"cases.{index}.{one.field}", one.rule, one.message, one.params) for one in found]


def _doubt(one: FieldError) -> Doubt:
    return Doubt(one.field, one.rule, one.text(current_language.get()))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/intake",
        name="takeInCases",
        tag=TAG,
        title=N_("接入其他系统移来的在办案件"),
        help=N_(
            "一次最多200件，全部接入或者一件也不接入；dry_run 只检查。错误的位置如 cases.3.petitioners.0.id_number"
        ),
        handler=intake_call,
        body=IntakeCall,
        answer=IntakeAnswer,
        status=201,
        otherwise=(200, IntakeAnswer),
        once=True,
        largest=LARGEST,
    ),
)
