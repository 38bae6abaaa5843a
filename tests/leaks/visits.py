"""What a test really went through: routes that answered it, templates that were rendered for it."""

import re
from collections.abc import Iterator
from typing import Any

from litestar import Litestar

from tests.leaks.exits import ACTS, FAMILY
from tests.leaks.registry import watched_by

TYPES = re.compile(r":\w+}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


class Visits:
    """Wraps the application; `seen` holds exits by the names of exits.csv, without the types of parameters."""

    def __init__(self, app: Litestar) -> None:
        self.app = app
        self.seen: set[str] = set()
        engine: Any = app.template_engine
        self._get_template = engine.engine.get_template
        engine.engine.get_template = self._noted

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)
        if scope["type"] == "http" and scope.get("path_template"):
            self.seen.add(f"{scope['method']} {ACTS.sub(FAMILY, scope['path_template'])}")

    def _noted(self, name: Any, *others: Any, **options: Any) -> Any:
        self.seen.add(f"template {getattr(name, 'name', name)}")
        return self._get_template(name, *others, **options)

    def missed(self, test: str) -> Iterator[str]:
        """Routes and templates that the registry says this test watches, and that it never came by."""
        for row in watched_by(test):
            exit = TYPES.sub("}", row.exit)
            if (row.method in METHODS or row.method == "template") and exit not in self.seen:
                yield row.exit
