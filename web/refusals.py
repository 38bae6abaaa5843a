"""What stood in the way of an act, one line each: the faults of a form, or the one refusal."""

from collections.abc import Sequence

from foundation.errors import DomainError, FieldError, InvalidInput


def told(error: DomainError | None) -> Sequence[DomainError | FieldError]:
    """Each says its own `text(language)`."""
    if error is None:
        return ()
    return error.fields if isinstance(error, InvalidInput) else (error,)
