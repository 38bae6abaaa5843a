"""All pages."""

from litestar.handlers import HTTPRouteHandler

from web import home, language_switch, sign_in

MODULES = (home, language_switch, sign_in)


def routes() -> list[HTTPRouteHandler]:
    return [route for module in MODULES for route in module.ROUTES]
