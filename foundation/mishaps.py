"""An unexpected error on record: kind and place only. Its text and its local values may be somebody's data."""

import traceback

import structlog

log = structlog.get_logger(__name__)


def record(error: BaseException) -> None:
    """One line; neither values nor variables, which the log's own tracebacks would print."""
    log.error("unexpected_error", kind=type(error).__name__, where=traceback.format_tb(error.__traceback__))
