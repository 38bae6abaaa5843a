"""All pages."""

from litestar.handlers import HTTPRouteHandler

from web import acts, case_list, case_page, desk, handovers, home, language_switch, papers, registration, sign_in, tree

MODULES = (home, language_switch, sign_in, desk, case_list, registration, case_page, acts, papers, handovers, tree)


def routes() -> list[HTTPRouteHandler]:
    return [route for module in MODULES for route in module.ROUTES]
