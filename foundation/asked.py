"""What one reading asks several times: while nothing is written, the same question has the same answer."""

from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

Answer = TypeVar("Answer")
ASKED = "asked"


@contextmanager
def unchanged(session: AsyncSession) -> Iterator[None]:
    """Promise that nothing is written within the block."""
    session.info[ASKED] = {}
    try:
        yield
    finally:
        del session.info[ASKED]


async def once(session: AsyncSession, question: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer given before within `unchanged`; elsewhere it is asked each time."""
    answers: dict[Hashable, Any] | None = session.info.get(ASKED)
    if answers is None:
        return await ask()
    if question not in answers:
        answers[question] = await ask()
    found: Answer = answers[question]
    return found


async def once_each(
    session: AsyncSession, questions: Sequence[Hashable], ask: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]]
) -> Sequence[Any]:
    """The same for several questions: `ask` gets at once those that were not asked before."""
    answers: dict[Hashable, Any] = session.info.get(ASKED, {})
    missing = [question for question in dict.fromkeys(questions) if question not in answers]
    if missing:
        answers.update(zip(missing, await ask(missing), strict=True))
    return [answers[question] for question in questions]
