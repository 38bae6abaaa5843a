"""The rules in force, their matrix and their editions: readable by every member, because rules are no secret."""

import asyncio
from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathNumber, TheSession, TheSubject
from api.requests import query
from foundation.language import N_, current_language
from policies import gate
from policies.editions import content_in_force, content_of
from policies.matrix import AXES, Standing, Wish, standings
from policies.matrix_sheet import matrix_file
from policies.named import action_named, relation_named, role_named, tier_named
from policies.rows import RuleRow, read
from policies.rules import RuleBook
from policies.versions import Comparison, EditionView, compare, list_editions

TAG = "policy"


class Rules(Struct, frozen=True):
    """`edition` 0 = the rules that came with the program; `version` changes with what is decided."""

    edition: int
    version: str
    rules: list[RuleRow]


class MatrixQuery(Struct, frozen=True, kw_only=True):
    role: Annotated[str, Meta(title=N_("岗位"), max_length=40)] | None = None
    tier: Annotated[str, Meta(title=N_("层级"), max_length=1)] | None = None
    relation: Annotated[str, Meta(title=N_("与案件的关系"), max_length=40)] | None = None
    action: Annotated[str, Meta(title=N_("行为"), max_length=60)] | None = None


class Matrix(Struct, frozen=True):
    """Whatever is not named in `standings` is refused. `names`: of every word, in the reader's language."""

    edition: int
    version: str
    standings: list[Standing]
    sentences: dict[str, str]
    names: dict[str, dict[str, str]]


class DiffQuery(Struct, frozen=True, kw_only=True):
    earlier: Annotated[int, Meta(title=N_("与哪一版比较（默认上一版）"), ge=0, le=2_147_483_647)] | None = None


async def rules(session: TheSession, subject: TheSubject) -> Response[bytes]:
    number, content = await content_in_force(session)
    return respond(answer(Rules(number, gate.opened().book.version, [row for _, row in read(content)])))


async def matrix(request: AnyRequest, subject: TheSubject) -> Response[bytes]:
    opened, wish = gate.opened(), wish_of(query(request, MatrixQuery))
    return respond(answer(await asyncio.to_thread(shown, opened.book, opened.edition, wish, current_language.get())))


def wish_of(given: MatrixQuery) -> Wish:
    """A word that nobody knows matches nothing."""
    return Wish(given.role, given.tier, given.relation, given.action)


def shown(book: RuleBook, edition: int, wish: Wish, language: str) -> Matrix:
    found = standings(book, wish)
    numbers = {no for standing in found for no in standing.actions.values()}
    sentences = {rule.no: rule.sentence(language) for rule in book.rules.values() if rule.no in numbers}
    named = {"role": role_named, "tier": tier_named, "relation": relation_named, "action": action_named}
    names = {axis: {word: named[axis](word, language) for word in words} for axis, words in AXES.items()}
    return Matrix(edition, book.version, found, sentences, names)


async def matrix_xlsx(session: TheSession, subject: TheSubject) -> Response[bytes]:
    number, content = await content_in_force(session)
    return await sheet(content, number, "xlsx")


async def matrix_lines(session: TheSession, subject: TheSubject) -> Response[bytes]:
    number, content = await content_in_force(session)
    return await sheet(content, number, "csv")


async def sheet(content: str, edition: int, form: str) -> Response[bytes]:
    """The matrix of any content as a file, in the reader's language, made in a thread."""
    file = await asyncio.to_thread(matrix_file, content, edition, form, current_language.get())
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.kind, headers=headers)


async def editions(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await list_editions(session)))


async def edition_rules(session: TheSession, subject: TheSubject, edition: PathNumber) -> Response[bytes]:
    return respond(answer([row for _, row in read(await content_of(session, known(edition)))]))


async def diff(request: AnyRequest, session: TheSession, subject: TheSubject, edition: PathNumber) -> Response[bytes]:
    earlier = query(request, DiffQuery).earlier
    before = max(known(edition) - 1, 0) if earlier is None else earlier
    return respond(answer(await compare(session, before, known(edition))))


def known(edition: int) -> int:
    """Beyond the column's range no edition can be; then it is asked for one that is not there."""
    return edition if 0 <= edition < 2_147_483_648 else 2_147_483_647


ENDPOINTS = (
    Endpoint(
        method="GET", path="/policy/rules", name="rules", tag=TAG, title=N_("现行规则"), handler=rules, answer=Rules
    ),
    Endpoint(
        method="GET",
        path="/policy/matrix",
        name="matrixOfRights",
        tag=TAG,
        title=N_("权限矩阵：岗位、层级、关系、行为"),
        help=N_("只列出允许的；没有列出的一律不允许"),
        handler=matrix,
        query=MatrixQuery,
        answer=Matrix,
    ),
    Endpoint(
        method="GET",
        path="/policy/matrix.xlsx",
        name="matrixSheet",
        tag=TAG,
        title=N_("权限矩阵（电子表格）"),
        handler=matrix_xlsx,
        download=True,
        kinds=("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    ),
    Endpoint(
        method="GET",
        path="/policy/matrix.csv",
        name="matrixLines",
        tag=TAG,
        title=N_("权限矩阵（CSV）"),
        handler=matrix_lines,
        download=True,
        kinds=("text/csv",),
    ),
    Endpoint(
        method="GET",
        path="/policy/editions",
        name="ruleEditions",
        tag=TAG,
        title=N_("历次规则版本"),
        handler=editions,
        answer=list[EditionView],
    ),
    Endpoint(
        method="GET",
        path="/policy/editions/{edition:int}",
        name="ruleEdition",
        tag=TAG,
        title=N_("某一版的规则（0 为程序自带）"),
        handler=edition_rules,
        answer=list[RuleRow],
    ),
    Endpoint(
        method="GET",
        path="/policy/editions/{edition:int}/diff",
        name="ruleEditionDiff",
        tag=TAG,
        title=N_("两版规则的不同"),
        handler=diff,
        query=DiffQuery,
        answer=Comparison,
    ),
)
