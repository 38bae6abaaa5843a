"""All pages."""

from litestar.handlers import HTTPRouteHandler

from web import (
    acts,
    case_list,
    case_page,
    desk,
    files,
    handovers,
    home,
    language_switch,
    overview,
    papers,
    program_tokens,
    registration,
    sign_in,
    status,
    tree,
)

MODULES = (
    home, language_switch, sign_in, status, desk, case_list, registration, case_page, acts, papers, files, handovers,
    tree, overview, program_tokens,
)  # fmt: skip


def routes() -> list[HTTPRouteHandler]:
    return [route for module in MODULES for route in module.ROUTES]
