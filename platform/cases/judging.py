"""Asking many guards about one case: all their facts in one statement, and each guard once."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Guard
from cases.facts import Fact, Judged, known
from cases.models import Case
from foundation.errors import DomainError
from tenants.subject import Subject


class Judging:
    """What the guards say of a case to a subject, while nothing is written."""

    def __init__(self, session: AsyncSession, subject: Subject, case: Case) -> None:
        self.session, self.subject, self.case = session, subject, case
        self._facts: dict[Fact, Any] = {}
        self._said: dict[Guard, DomainError | None] = {}

    async def ask(self, guards: tuple[Guard, ...], also: tuple[Fact, ...] = ()) -> None:
        """What these will have to know, and what somebody else wants to know."""
        facts = _facts_of(guards, also)
        self._facts.update(zip(facts, await known(self.session, self.subject, self.case, facts), strict=True))

    def told(self, facts: Iterable[Fact]) -> list[Any]:
        """The values of facts that were asked."""
        return [self._facts[fact] for fact in facts]

    async def first_refusal(self, *guards: Guard) -> DomainError | None:
        """Of guards among those whose facts were asked, in their order."""
        for guard in guards:
            if guard not in self._said:
                if isinstance(guard, Judged):
                    self._said[guard] = self._judged(guard)
                else:
                    self._said[guard] = await guard(self.session, self.subject, self.case)
            if refusal := self._said[guard]:
                return refusal
        return None

    def _judged(self, guard: Judged) -> DomainError | None:
        return guard.judge(self.subject, self.case, *self.told(guard.facts))


@lru_cache(maxsize=4096)
def _facts_of(guards: tuple[Guard, ...], also: tuple[Fact, ...]) -> tuple[Fact, ...]:
    asked = (fact for guard in guards if isinstance(guard, Judged) for fact in guard.facts)
    return tuple(dict.fromkeys((*also, *asked)))
