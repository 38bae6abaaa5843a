"""The address without a path."""

from litestar import get

from web.page import AnyRequest, PageResponse, go


@get("/")
async def home(request: AnyRequest) -> PageResponse:
    return go("/desk")


ROUTES = [home]
