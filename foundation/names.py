"""Names of people and units: any script, rare characters (𥔲) and emoji; nothing that is not seen."""

import unicodedata

UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""Not private use and not the unassigned: rare characters of real names stand there until Unicode has them."""
JOINERS = frozenset("\u200c\u200d\u180e")
"""Part of how Persian, Indic and Mongolian scripts, and emoji, are written."""


def unseen(text: str) -> str | None:
    """The first character that nobody sees, as `U+202E`: control, direction mark, zero-width space, line separator.

    In a name it serves only to make it look like another; a statement keeps what was typed.
    """
    for character in text:
        if unicodedata.category(character) in UNSEEN and character not in JOINERS:
            return f"U+{ord(character):04X}"
    return None
