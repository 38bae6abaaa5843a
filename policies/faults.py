"""What is wrong with a set of rules: each fault names its row and column, in both languages."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from foundation.errors import FieldError, translate_param
from foundation.language import N_, translate

AT_LINE = N_("第 %(line)s 行：")


class Fault(Struct, frozen=True):
    """`message` is a msgid; `line` of a CSV file (0 = none), `no` of the rule, `column` as rules.csv names it."""

    code: str
    message: str
    params: dict[str, Any] = {}
    line: int = 0
    no: str = ""
    column: str = ""

    def text(self, language: str) -> str:
        place = translate(AT_LINE, language, line=self.line) if self.line else ""
        params = {name: translate_param(value, language) for name, value in self.params.items()}
        return place + translate(self.message, language, **params)

    def at(self, path: str) -> FieldError:
        """As the error of a form's field."""
        return FieldError(path, self.code, self.message, self.params)


class PolicyBroken(RuntimeError):
    """The rules can't be read or must not be in force: the service refuses rather than guess. Names the lines."""

    def __init__(self, text: str = "", faults: Sequence[Fault] = ()) -> None:
        super().__init__(text or "; ".join(fault.text("en") for fault in faults))
        self.faults = tuple(faults)
