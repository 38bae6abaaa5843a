"""A vocabulary of the platform as Piccolo wants a column's choices."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

from piccolo.columns.choices import Choice


def choices(labels: Mapping[Any, str]) -> type[Enum]:
    """An enumeration of the codes, each shown by its label (a msgid)."""
    members = {str(code).replace(".", "_").upper(): Choice(str(code), label) for code, label in labels.items()}
    return cast("type[Enum]", Enum("Choices", members))
