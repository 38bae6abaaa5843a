"""The id of the request being answered: in its answer, in every line of the log, shown to people as a reference."""

import re
from contextvars import ContextVar
from uuid import uuid4

HEADER = "x-request-id"
FORM = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
"""A UUID. Nothing looser is taken from outside: a telephone or identity number must not reach the log as an id."""

current_request: ContextVar[str] = ContextVar("current_request", default="")


def given_or_new(given: str) -> str:
    """What a proxy or a caller chose, when it is a UUID; else one of our own."""
    return given.lower() if FORM.fullmatch(given) else str(uuid4())
