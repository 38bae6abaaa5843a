"""docs/rights.md says what the rules say."""

import subprocess
import sys
from pathlib import Path

from policies.rules import RuleBook

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rights.md").read_text(encoding="utf-8")


def test_the_page_of_rights_is_drawn_from_the_rules() -> None:
    drawn = subprocess.run([sys.executable, "setup/rights.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert drawn.stdout == PAGE, "python setup/rights.py > docs/rights.md"


def test_every_role_and_every_sentence_stands_there(book: RuleBook) -> None:
    for rule in book.rules.values():
        assert rule.zh in PAGE and rule.en in PAGE, rule.no
        assert all(f"`{role}`" in PAGE for role in rule.roles), rule.no
