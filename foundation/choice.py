"""Fixed lists of a form: codes that carry their Chinese label, so that the page, the API and the refusal agree."""

from enum import StrEnum
from typing import Self


class Choice(StrEnum):
    """`WRITTEN = "written", N_("书面")`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
