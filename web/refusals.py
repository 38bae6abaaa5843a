"""What stood in the way of an act, one line each: the faults of a form, or the one refusal."""

from collections.abc import Sequence

from foundation.errors import DomainError, FieldError, InvalidInput


def told(error: DomainError | None) -> Sequence[DomainError | FieldError]:
    """Each says its own `text(language)`, and what several fields are refused for is said once."""
    if error is None:
        return ()
    if not isinstance(error, InvalidInput):
        return (error,)
    return list({(one.message, repr(one.params)): one for one in error.fields}.values())
