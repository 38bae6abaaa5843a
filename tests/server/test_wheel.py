"""The wheel alone, far from any checkout: every file it needs is in it, and it serves a page."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import httpx
import pytest

from tests.server.processes import Process

ROOT = Path(__file__).parent.parent.parent


class Installed:
    """A folder that holds what pip made of the wheel; the packages it depends on are those of this environment."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.code = folder, folder / "code"
        self.wheel = next((folder / "dist").glob("*.whl"))
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("TIAOJIE_", "PYTHON"))}
        self.environ = environ | {"PYTHONPATH": str(self.code), "HOME": str(folder)}

    def python(self, *words: str) -> str:
        """What Python prints with the installed code and no other of ours."""
        command = [sys.executable, *words]
        done = subprocess.run(command, env=self.environ, cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout

    def run(self, *words: str) -> str:
        return self.python("-m", "server.cli", *words)


@pytest.fixture(scope="module")
def installed() -> Iterator[Installed]:
    with TemporaryDirectory(prefix="tiaojie-wheel-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
        wheel = next((folder / "dist").glob("*.whl"))
        options = ["--quiet", "--no-deps", "--no-index", "--no-compile", "--target", str(folder / "code")]
        subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True)
        yield Installed(folder)


def test_it_holds_every_file_of_the_packages_and_the_front_end(installed: Installed) -> None:
    inside = set(ZipFile(installed.wheel).namelist())
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    packages = {path.split("/")[0] for path in inside if "/" in path and ".dist-info" not in path}
    assert packages >= {"foundation", "cases", "web", "server", "migrations", "locale"}
    committed = (path.removeprefix("platform/") for path in listed.split("\0") if (ROOT / path).is_file())
    wanted = {path for path in committed if path.split("/")[0] in packages and "/" in path and path[-3:] != ".md"}
    assert wanted - inside == set()
    assert {f"web/static/vendor/{name}" for name in ("htmx.min.js", "tabler.min.css")} <= inside


def test_its_command_says_what_it_can(installed: Installed) -> None:
    assert "调解工作平台" in installed.run("--help")
    assert "0.1.0" in installed.run("--version")
    assert "规则 rules" in installed.run("policy", "check")


def test_its_code_is_its_own_and_its_data_lie_outside_of_it(installed: Installed) -> None:
    program = "import os; from foundation import settings as s; print(s.__file__, s.load_settings(os.environ).data)"
    code, data = (Path(part) for part in installed.python("-c", program).split())
    assert installed.code in code.parents
    assert installed.code not in data.parents and ROOT not in data.parents


def test_it_serves_its_pages(installed: Installed) -> None:
    data = {"TIAOJIE_DATA": str(installed.folder / "data"), "TIAOJIE_SEED_LIGHT": "0", "TIAOJIE_SEED_FULL": "0"}
    (installed.folder / "data").mkdir(mode=0o711)
    run = Process(("run",), installed.folder / "data", {**installed.environ, **data})
    try:
        run.until_ready()
        with httpx.Client(base_url=run.address, cookies={"tiaojie_language": "en"}) as client:
            page = client.get("/sign-in")
            assert page.status_code == 200 and "Sign in" in page.text
            for address in {part.split('"')[0] for part in page.text.split('="/static/')[1:]}:
                assert client.get(f"/static/{address}").status_code == 200
    finally:
        assert run.end() == 0
