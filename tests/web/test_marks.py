"""Marks between words follow the language of the words: no 、 or ： stands in an English page."""

import re
from pathlib import Path

import pytest

import web
from foundation.language import MARKS, in_a_row, in_brackets, speaking
from web.rendering import environment

TEMPLATES = Path(web.__file__).parent / "templates"
CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
TRANSLATED = re.compile(r'(_|mark)\("[^"]*"')


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_writes_no_mark_of_one_language(path: Path) -> None:
    """Within a text that is translated it is translated along; between two such texts it is asked for by `mark`."""
    source = path.read_text(encoding="utf-8")
    code = "".join(TRANSLATED.sub("", found) for found in CODE.findall(source))
    assert not set("".join(MARKS)) & set(CODE.sub("", source) + code)


@pytest.mark.parametrize(("language", "shown"), [("zh", "甲、乙（丙）：丁；戊，己"), ("en", "甲, 乙 (丙): 丁; 戊, 己")])
def test_marks_are_those_of_the_language(language: str, shown: str) -> None:
    with speaking(language):
        line = environment().from_string('{{ mark("：") }}丁{{ mark("；") }}戊{{ mark("，") }}己').render()
        assert in_a_row(["甲", "乙"]) + in_brackets("丙") + line == shown


def test_what_is_missing_for_the_payer_is_listed_in_english_marks() -> None:
    """As the money panel of a case shows it."""
    source = (TEMPLATES / "cases/settlement.html").read_text(encoding="utf-8").partition("{% macro settlement")[0]
    page = environment().from_string(source + "{{ payer_line(payer) }}")
    payer = {"payer": None, "missing": ["责任认定", "案件类别"], "trace": ()}
    with speaking("en"):
        assert not set("".join(MARKS)) & set(page.render(payer=payer, language="en"))
    with speaking("zh"):
        assert "：责任认定、案件类别" in page.render(payer=payer, language="zh")
