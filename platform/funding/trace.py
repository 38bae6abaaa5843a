"""One line of a decision's trace: readable in both languages, quoting the row it comes from."""

import msgspec

from foundation.language import translate


class TraceLine(msgspec.Struct, frozen=True):
    """`text` is a msgid; `terms` are msgids put into it, `values` go in as they are."""

    row: str
    text: str
    terms: dict[str, str] = {}
    values: dict[str, str] = {}

    def render(self, language: str) -> str:
        """`A4 · …` in `language` ("zh" or "en")."""
        terms = {name: translate(msgid, language) for name, msgid in self.terms.items()}
        return f"{self.row} · {translate(self.text, language, **terms, **self.values)}"


def yuan(fen: int) -> str:
    """300000 → "3,000"; 150 → "1.50"."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02}" if rest else f"{whole:,}"
