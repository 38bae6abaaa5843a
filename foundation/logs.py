"""Structured logs on standard output, one event a line: JSON for machines, plain for a terminal. Never personal data.

Our own events are names with codes, ids and numbers. The texts of other libraries are not printed, for they repeat
values (a database error its row, asyncio the exception of a task): only whose they are, and the place. The exception
is uvicorn's own, which tells why a server does not start.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from foundation import mishaps
from foundation.request_id import current_request

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
SPOKEN = ("uvicorn.error",)
"""Libraries whose texts may be printed, as long as no exception comes with them."""


def configure(form: str, level: str) -> None:
    """Once per process, before anything is logged. `form`: json | plain."""
    before: list[Processor] = [_with_request, structlog.stdlib.add_log_level, _stamped]
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(_worth_a_line)
    handler.setFormatter(
        ProcessorFormatter(
            use_get_message=False,  # what a library's text is filled with is not wanted, and may not even fit
            foreign_pre_chain=[_without_text, *before],
            processors=[ProcessorFormatter.remove_processors_meta, _renderer(form)],
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(LEVELS[level])
    logging.raiseExceptions = False  # a broken call of a library would print its arguments
    logging.captureWarnings(True)
    structlog.configure(
        processors=[*before, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        cache_logger_on_first_use=True,
    )
    _catch_the_uncaught()


def _renderer(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=0)


_stamped = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")


def _with_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if request := current_request.get():
        event["request_id"] = request
    return event


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Ours at the level chosen; a library only when it warns."""
    return isinstance(record.msg, dict) or record.levelno >= logging.WARNING


def _without_text(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A library's record: by whom and where, and the kind of the exception."""
    record: logging.LogRecord = event["_record"]
    error = record.exc_info[1] if record.exc_info else event.pop("exc_info", (None, None))[1]
    event.pop("exc_info", None)
    event.pop("stack_info", None)
    if error is not None or record.name not in SPOKEN:
        event["event"] = "library"
    described: dict[str, Any] = mishaps.described(error) if error else {}
    return {**event, "logger": record.name, "place": f"{record.filename}:{record.lineno}", **described}


def _catch_the_uncaught() -> None:
    """What ends a process or a thread is on record like any other mishap: Python itself would print its text."""

    def ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        mishaps.record(error)

    sys.excepthook = ended
    threading.excepthook = lambda given: mishaps.record(given.exc_value) if given.exc_value else None
    sys.unraisablehook = lambda given: mishaps.record(given.exc_value) if given.exc_value else None
