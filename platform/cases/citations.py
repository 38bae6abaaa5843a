"""Citing statutes (obligation 2): a title, an article, and the version that was in force.

Of the law of the matter the version of the day of the facts counts, of procedure that of today. A statute that is
repealed is refused with the one that took its place; an article that a version does not have, too.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.statutes import Statute, library
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.store import instant

ARTICLE = re.compile(r"第\s*([0-9]{1,4}|[零〇一二三四五六七八九十百千]{1,9})\s*条")
OF_ANOTHER = r"(?!》?(?:实施|司法解释|解释))"
"""`土地管理法实施条例` is not the 土地管理法."""
SENTENCE = re.compile(r"[。；;\n]")
UNITS = {"十": 10, "百": 100, "千": 1000}
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}

REPEALED = N_("《%(title)s》已自 %(day)s 起失效，请改引《%(successor)s》")
ENDED = N_("《%(title)s》的所引文本已自 %(day)s 起失效")
NOT_YET = N_("《%(title)s》自 %(day)s 起施行，事实发生时尚未施行")
NO_SUCH_ARTICLE = N_("《%(title)s》共 %(last)s 条，没有第 %(article)s 条")


class Cited(Struct, frozen=True):
    """One article (None: the whole) of one version, as a paper keeps it."""

    title: str
    article: int | None
    in_force_from: date


class Mention(Struct, frozen=True):
    """A statute that is named, with all its versions, oldest first."""

    versions: tuple[Statute, ...]
    article: int | None

    @property
    def title(self) -> str:
        return self.versions[-1].name


async def checked_basis(
    session: AsyncSession, text: str | None, facts_on: date, field: str = "legal_basis"
) -> list[Cited]:
    """What a plain text cites. Raises InvalidInput at `field`.

    Of what the library does not hold, such as a county's own rules, the text stays as it was written.
    """
    return await checked(session, read(text or "", await library(session)), facts_on, field)


async def checked(
    session: AsyncSession, mentions: Sequence[Mention], facts_on: date, field: str = "legal_basis"
) -> list[Cited]:
    """Raises InvalidInput at `field`, one error for each statute or article that can't be cited."""
    today = local_date(instant(session))
    errors = [error for one in mentions for error in faults(one, facts_on, today, field)]
    if errors:
        raise InvalidInput(*errors)
    fits = [(one, _fit(one, facts_on, today)) for one in mentions]
    return [Cited(one.title, one.article, fit.valid_from) for one, fit in fits if fit is not None]


def faults(mention: Mention, facts_on: date, today: date, field: str) -> Iterator[FieldError]:
    fit = _fit(mention, facts_on, today)
    if fit is None:
        yield _out_of_force(mention, facts_on, today, field)
    elif mention.article is not None and fit.last_article is not None and not 1 <= mention.article <= fit.last_article:
        told: dict[str, object] = {"title": fit.name, "last": fit.last_article, "article": mention.article}
        yield FieldError(field, "no_such_article", NO_SUCH_ARTICLE, told)


def _fit(mention: Mention, facts_on: date, today: date) -> Statute | None:
    return next((one for one in mention.versions if one.in_force(today if one.procedural else facts_on)), None)


def _out_of_force(mention: Mention, facts_on: date, today: date, field: str) -> FieldError:
    last = mention.versions[-1]
    day = today if last.procedural else facts_on
    ended = next((one for one in reversed(mention.versions) if one.valid_to is not None and one.valid_to <= day), None)
    if ended is None:
        return FieldError(field, "not_in_force", NOT_YET, {"title": last.name, "day": mention.versions[0].valid_from})
    told: dict[str, object] = {"title": ended.name, "day": ended.valid_to}
    if ended.successor is None:
        return FieldError(field, "repealed", ENDED, told)
    return FieldError(field, "repealed", REPEALED, told | {"successor": ended.successor})


def read(text: str, versions: Sequence[Statute]) -> list[Mention]:
    """Statutes named in a text, each with the articles that follow it in its sentence."""
    by_name: dict[str, tuple[Statute, ...]] = {}
    for one in versions:
        for name in one.names:
            by_name[name] = (*by_name.get(name, ()), one)
    if not by_name:
        return []
    longest_first = "|".join(map(re.escape, sorted(by_name, key=len, reverse=True)))
    places = list(re.finditer(f"(?:{longest_first}){OF_ANOTHER}", text))
    ends = [following.start() for following in places[1:]] + [len(text)]
    found: dict[Mention, None] = {}
    for place, end in zip(places, ends, strict=False):
        following = SENTENCE.split(text[place.end() : end], maxsplit=1)[0]
        articles: list[int | None] = [number(article) for article in ARTICLE.findall(following)]
        found |= {Mention(by_name[place[0]], article): None for article in articles or [None]}
    return list(found)


def number(written: str) -> int:
    """`1165` and `一千一百六十五` alike."""
    if written.isdecimal():
        return int(written)
    total, digit = 0, 0
    for character in written:
        if character in UNITS:
            total, digit = total + (digit or 1) * UNITS[character], 0
        else:
            digit = DIGITS[character]
    return total + digit
