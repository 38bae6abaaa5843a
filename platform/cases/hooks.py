"""Named hooks by which this room reaches upper ones (decisions.md 18); the server registers them, all of them."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from tenants.subject import Subject

CustodyHook = Callable[[AsyncSession, Subject, Case, int], Awaitable[None]]
"""(session, subject, case after the move, the office that held it before)."""

NAMES = ("on_custody_moved",)
_hooks: dict[str, tuple[CustodyHook, ...]] = {}


class HookMissing(RuntimeError):
    """The composition root forgot a hook: the start stops."""


def register(name: str, *hooks: CustodyHook) -> None:
    if name not in NAMES:
        raise HookMissing(f"no hook is called {name}")
    _hooks[name] = hooks


def check() -> None:
    """Called at start."""
    if missing := [name for name in NAMES if name not in _hooks]:
        raise HookMissing(", ".join(missing))


async def custody_moved(session: AsyncSession, subject: Subject, case: Case, from_office: int) -> None:
    check()
    for hook in _hooks["on_custody_moved"]:
        await hook(session, subject, case, from_office)
