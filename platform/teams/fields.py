"""Fields that choose from a list of the case: a value from outside the list is refused at its place."""

from collections.abc import Container, Iterable, Iterator
from uuid import UUID

from foundation.errors import FieldError
from foundation.language import N_

NOT_A_CHOICE = N_("请从所列项目中选择")


def strangers(field: str, chosen: Iterable[UUID], known: Container[UUID], inner: str = "") -> Iterator[FieldError]:
    """One error for each that is not known, at `field.0`, or at `field.0.inner` in rows."""
    tail = f".{inner}" if inner else ""
    for index, one in enumerate(chosen):
        if one not in known:
            yield FieldError(f"{field}.{index}{tail}", "not_a_choice", NOT_A_CHOICE)
