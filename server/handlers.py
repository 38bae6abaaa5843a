"""Who listens to what leaves through the outbox. A topic stands here even when nobody listens yet."""

from foundation.jobs import Handlers

HANDLERS: Handlers = {
    "case.changed": (),
    "timer.overdue": (),
}
