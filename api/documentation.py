"""The API's own page, offline: Swagger UI from our own files, under the same strict policy as every page."""

from collections.abc import Sequence
from html import escape

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from api.endpoint import Endpoint
from api.openapi import TITLE, document
from foundation.language import current_language, translate

PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/vendor/swagger-ui.css">
</head>
<body>
<main id="docs"></main>
<script src="/static/vendor/swagger-ui-bundle.js"></script>
<script src="/api/docs.js"></script>
</body>
</html>
"""
SCRIPT = """"use strict";
// Under a cookie every change needs the token of the session; a bearer needs none.
async function withToken(request) {
  const safe = ["GET", "HEAD", "OPTIONS"].includes((request.method || "GET").toUpperCase());
  if (safe || request.headers.Authorization) return request;
  const me = await fetch("/api/v1/me", { headers: { Accept: "application/json" } });
  if (me.ok) request.headers["X-CSRF-Token"] = (await me.json()).csrf_token;
  return request;
}
SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "none", // all operations at once are more than Swagger UI draws: it stops after a few, silently
  filter: true,
  validatorUrl: null,
  requestInterceptor: withToken,
});
"""


def routes(endpoints: Sequence[Endpoint]) -> list[HTTPRouteHandler]:
    """The page, its script and the document; readable without signing in: they tell nothing of any case."""

    @get("/api/openapi.json", name="api.openapi")
    async def openapi() -> Response[bytes]:
        shown = document(endpoints, current_language.get())
        return Response(msgspec.json.encode(shown), media_type="application/json")

    @get("/api/docs", name="api.docs")
    async def page() -> Response[str]:
        language = current_language.get()
        shown = PAGE.format(lang={"zh": "zh-CN"}.get(language, language), title=escape(translate(TITLE, language)))
        return Response(shown, media_type="text/html")

    @get("/api/docs.js", name="api.docs.script")
    async def script() -> Response[str]:
        return Response(SCRIPT, media_type="text/javascript")

    return [openapi, page, script]
