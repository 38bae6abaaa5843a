"""`tiaojie audit` at the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from server.commands.audit import command


@pytest.mark.parametrize("content", [b"root:x:0:0", b"\xff\xfe", b"[]", b""])
def test_what_is_not_a_file_of_heads_is_a_wrong_option_not_a_crash(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "heads.json"
    file.write_bytes(content)
    result = CliRunner().invoke(command, ["verify", "--heads", str(file)])
    assert result.exit_code == 2
    assert "--heads" in result.output
