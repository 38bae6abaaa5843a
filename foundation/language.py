"""The two languages: Chinese is the source, English comes from `locale/en/parts/*.po`."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

PARTS = Path(__file__).parent.parent / "locale" / "en" / "parts"
LANGUAGES = ("zh", "en")
MARKS = {"、": ", ", "，": ", ", "；": "; ", "：": ": ", "（": " (", "）": ")"}
"""Chinese marks between words that are translated one by one, and what stands there in English."""

current_language: ContextVar[str] = ContextVar("current_language", default="zh")


def N_(text: str) -> str:
    """Mark a Chinese text for translation; returns the text itself."""
    return text


@cache
def english() -> Mapping[str, str]:
    """The English catalogue, merged from every room's part; read once per process."""
    return read_parts(PARTS)


def read_parts(folder: Path) -> dict[str, str]:
    """msgid -> msgstr of every non-empty entry in `folder`; a text translated in two ways is an error."""
    merged: dict[str, str] = {}
    for part in sorted(folder.glob("*.po")):
        with part.open("rb") as file:
            catalogue = read_po(file, locale="en", abort_invalid=True)
        for message in catalogue:
            if not message.id or not message.string:
                continue
            text, translation = str(message.id), str(message.string)
            if merged.setdefault(text, translation) != translation:
                raise ValueError(f"{part.name}: {text!r} has a second, different translation")
    return merged


def translate(text: str, language: str | None = None, **params: object) -> str:
    """`text` in `language` (default: the current one), with `%(name)s` filled from `params`.

    A text without a translation is shown in Chinese: a reader is helped more by it than by a blank.
    """
    chosen = language or current_language.get()
    translated = english().get(text, text) if chosen == "en" else text
    return translated % params if params else translated


def in_a_row(texts: Iterable[str]) -> str:
    """Several words as one list, with the marks of the current language."""
    return mark("、").join(texts)


def mark(chinese: str, language: str | None = None) -> str:
    """A mark between words, as `language` (default: the current one) writes it."""
    return MARKS[chinese] if (language or current_language.get()) == "en" else chinese


def in_brackets(text: object, language: str | None = None) -> str:
    """What follows a name to explain it."""
    return f"{mark('（', language)}{text}{mark('）', language)}"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Make `language` ("zh" or "en") the current one inside the block."""
    token = current_language.set(language)
    try:
        yield
    finally:
        current_language.reset(token)
