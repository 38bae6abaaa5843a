"""Asking many guards about one case: all their facts in one statement, and each guard once."""

from collections.abc import Iterable, Sequence
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

    async def refusal(self, guard: Guard) -> DomainError | None:
        """Of a guard among those whose facts were asked."""
        if guard not in self._said:
            self._said[guard] = await self._judged(guard)
        return self._said[guard]

    async def first_refusal(self, guards: Sequence[Guard]) -> DomainError | None:
        """In their order."""
        for guard in guards:
            if refusal := await self.refusal(guard):
                return refusal
        return None

    async def _judged(self, guard: Guard) -> DomainError | None:
        if isinstance(guard, Judged):
            return guard.judge(self.subject, self.case, *self.told(guard.facts))
        return await guard(self.session, self.subject, self.case)


@lru_cache(maxsize=4096)
def _facts_of(guards: tuple[Guard, ...], also: tuple[Fact, ...]) -> tuple[Fact, ...]:
    asked = (fact for guard in guards if isinstance(guard, Judged) for fact in guard.facts)
    return tuple(dict.fromkeys((*also, *asked)))
