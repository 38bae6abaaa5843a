"""Two questions of whoever runs the platform: is the process alive, and can it answer requests."""

from litestar import Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from server.readiness import Answer, Readiness


@get("/health", exclude_from_csrf=True)
async def health() -> dict[str, str]:
    """The process answers: nothing else is asked, so that a broken database restarts nothing."""
    return {"status": "ok"}


@get("/ready", exclude_from_csrf=True)
async def ready(state: State) -> Response[Answer]:
    """503 names what fails, for a proxy to send requests elsewhere."""
    readiness: Readiness = state["readiness"]
    answer = await readiness.ask()
    return Response(answer, status_code=503 if answer.failing else 200)


ROUTES: tuple[HTTPRouteHandler, ...] = (health, ready)
