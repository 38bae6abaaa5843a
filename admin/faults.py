"""Faults of several fields as one line: Piccolo's page has one place for what a form or a row lacks."""

from collections.abc import Iterable

from foundation.language import translate

MARKS = {"zh": ("：", "；"), "en": (": ", "; ")}


def in_one_line(faults: Iterable[tuple[str, str]], language: str) -> str:
    """Of titles (msgids) and what is wrong there (said already)."""
    colon, between = MARKS[language]
    return between.join(f"{translate(title, language)}{colon}{fault}" for title, fault in faults)
