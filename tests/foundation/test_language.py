"""Two languages from one source text."""

from pathlib import Path

import pytest

from foundation.language import N_, current_language, read_parts, speaking, translate

PART = 'msgid "案件 %(number)s"\nmsgstr "Case %(number)s"\n'


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.po").write_text(text, encoding="utf-8")


def test_a_marked_text_is_the_text_itself() -> None:
    assert N_("调解") == "调解"


def test_parts_are_merged(tmp_path: Path) -> None:
    write(tmp_path, "one", PART)
    write(tmp_path, "two", 'msgid "调解"\nmsgstr "mediation"\n')
    assert read_parts(tmp_path) == {"案件 %(number)s": "Case %(number)s", "调解": "mediation"}


def test_two_different_translations_of_one_text_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "one", PART)
    write(tmp_path, "two", PART.replace("Case", "File"))
    with pytest.raises(ValueError, match=r"two\.po"):
        read_parts(tmp_path)


def test_a_text_without_translation_is_shown_in_chinese_with_its_parameters_filled() -> None:
    assert translate("没有译文的一句 %(name)s", "en", name="甲") == "没有译文的一句 甲"


def test_the_language_is_chinese_until_somebody_speaks_another() -> None:
    assert current_language.get() == "zh"
    with speaking("en"):
        assert current_language.get() == "en"
    assert current_language.get() == "zh"
