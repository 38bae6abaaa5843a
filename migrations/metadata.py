"""Every table of the one schema: each room's models are found by name, so that alembic sees them."""

import pkgutil
from importlib import import_module

from foundation.model import Base

ROOMS = (
    "foundation", "tenants", "policies", "organisation", "cases", "access", "teams", "dossiers", "funding", "oversight",
    "handover", "indicators",
)  # fmt: skip


def import_models() -> None:
    """Import every module of the domain: a table may stand beside the code that owns it."""
    for room in ROOMS:
        package = import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            import_module(module.name)


import_models()
metadata = Base.metadata
