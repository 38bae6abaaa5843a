"""A form of any act, filled from its own fields and from the lists that it offers: mostly right, now and then not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from random import Random
from typing import Any, get_args, get_origin
from uuid import UUID

from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import fields

from foundation.choice import Choice
from foundation.clock import local_date

Options = Mapping[str, Sequence[Any]]
WORDS = ("按规定办理", "与对方协商一致", "香格里拉市司法局", "见附件")
STRANGER = UUID(int=7)
"""Nobody's and nothing's id."""


class Filler(Struct):
    """One way of filling forms, told by its chance; `options` are values by the list's name."""

    chance: Random
    options: Options
    now: datetime

    def form(self, form: type[Struct]) -> dict[str, Any]:
        """Every required field, and about every third of the others."""
        return {
            field.encode_name: self._value(field.type)
            for field in fields(form)
            if (field.default is NODEFAULT and field.default_factory is NODEFAULT) or self.chance.random() < 0.35
        }

    def _value(self, annotation: Any, extra: Mapping[str, Any] | None = None, meta: Meta | None = None) -> Any:
        if hasattr(annotation, "__metadata__"):
            meta = next((one for one in annotation.__metadata__ if isinstance(one, Meta)), None)
            return self._value(annotation.__origin__, (meta and meta.extra) or extra, meta)
        if type(None) in get_args(annotation):
            return self._value(next(one for one in get_args(annotation) if one is not type(None)), extra, meta)
        if get_origin(annotation) is list:
            return [self._value(get_args(annotation)[0], extra) for _ in range(self.chance.choice((1, 1, 2)))]
        if offered := self.options.get((extra or {}).get("options", "")):
            chosen = self.chance.choice(offered)
            return int(chosen) if annotation is int else chosen
        return self._plain(annotation, meta)

    def _plain(self, kind: Any, meta: Meta | None) -> Any:
        if kind is bool:
            return self.chance.random() < 0.8
        if kind is int:
            return max(self.chance.choice((1, 3, 50)), (meta and meta.ge) or 0)
        if kind is date:
            return str(local_date(self.now))
        if kind is datetime:
            return self.now.isoformat()
        if kind is UUID:
            return str(STRANGER)
        if isinstance(kind, type) and issubclass(kind, Choice):
            return self.chance.choice(list(kind)).value
        if isinstance(kind, type) and issubclass(kind, Struct):
            return self.form(kind)
        text = self.chance.choice(WORDS)
        return text[: meta.max_length] if meta and meta.max_length else text
