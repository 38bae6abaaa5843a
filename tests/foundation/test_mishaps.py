"""What is logged of an error that nobody foresaw."""

import pytest

from foundation import mishaps


def test_the_log_names_kind_and_place_and_repeats_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    telephone = "13808870001"
    try:
        raise ValueError(f"not a number: {telephone}")
    except ValueError as error:
        mishaps.record(error)
    printed = "".join(capsys.readouterr())
    assert "ValueError" in printed
    assert "test_mishaps.py" in printed
    assert telephone not in printed
