"""Settings: a wrong one stops the start with one line that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.secrets import Secret, load_secret
from foundation.servers import servers
from foundation.settings import SettingError, load_settings

DATABASE = "postgresql://owner:pw@db.example:5432/tiaojie"
REDIS = "redis://:pw@cache.example:6379/0"


def test_without_any_variable_the_embedded_servers_are_used() -> None:
    settings = load_settings({})
    assert settings.embedded
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert settings.secret_file == settings.data / "secret"


def test_two_addresses_choose_servers_of_someone_else() -> None:
    settings = load_settings({"TIAOJIE_DATABASE_URL": DATABASE, "TIAOJIE_REDIS_URL": REDIS})
    assert not settings.embedded
    assert settings.database_url == DATABASE


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({"TIAOJIE_PROT": "8000"}, "TIAOJIE_PROT"),
        ({"TIAOJIE_SMTP_URL": "mail.example.cn:25", "TIAOJIE_MAIL_FROM": "a@example.cn"}, "TIAOJIE_SMTP_URL"),
        ({"TIAOJIE_SMTP_URL": "smtp://mail.example.cn:25"}, "TIAOJIE_MAIL_FROM"),
        ({"TIAOJIE_MAIL_FROM": "a@example.cn"}, "TIAOJIE_SMTP_URL"),
        ({"TIAOJIE_WEBHOOK_NETWORKS": "10.0.0.0/33"}, "TIAOJIE_WEBHOOK_NETWORKS"),
        ({"TIAOJIE_WEBHOOK_NETWORKS": "0.0.0.0/0"}, "TIAOJIE_WEBHOOK_NETWORKS"),
        ({"TIAOJIE_PORT": "http"}, "TIAOJIE_PORT"),
        ({"TIAOJIE_PORT": "65536"}, "TIAOJIE_PORT"),
        ({"TIAOJIE_PORT": ""}, "TIAOJIE_PORT"),
        ({"TIAOJIE_DATA": "var"}, "TIAOJIE_DATA"),
        ({"TIAOJIE_SECRET_FILE": "secret"}, "TIAOJIE_SECRET_FILE"),
        ({"TIAOJIE_CRYPTOGRAPHY": "sm4"}, "TIAOJIE_CRYPTOGRAPHY"),
        ({"TIAOJIE_SEED_LIGHT": "-1"}, "TIAOJIE_SEED_LIGHT"),
        ({"TIAOJIE_SEED_FULL": "many"}, "TIAOJIE_SEED_FULL"),
        ({"TIAOJIE_PUBLIC_URL": "mediation.example.cn"}, "TIAOJIE_PUBLIC_URL"),
        ({"TIAOJIE_PUBLIC_URL": "https://mediation.example.cn/?a=b"}, "TIAOJIE_PUBLIC_URL"),
        ({"TIAOJIE_DATABASE_URL": DATABASE}, "TIAOJIE_REDIS_URL"),
        ({"TIAOJIE_REDIS_URL": REDIS}, "TIAOJIE_DATABASE_URL"),
        ({"TIAOJIE_DATABASE_URL": "mysql://owner:pw@db/tiaojie", "TIAOJIE_REDIS_URL": REDIS}, "TIAOJIE_DATABASE_URL"),
        ({"TIAOJIE_DATABASE_URL": "postgresql://db/tiaojie", "TIAOJIE_REDIS_URL": REDIS}, "TIAOJIE_DATABASE_URL"),
        ({"TIAOJIE_DATABASE_URL": "postgresql://o:pw@db:x/t", "TIAOJIE_REDIS_URL": REDIS}, "TIAOJIE_DATABASE_URL"),
        ({"TIAOJIE_PUBLIC_URL": "https://[mediation"}, "TIAOJIE_PUBLIC_URL"),
        ({"TIAOJIE_PUBLIC_URL": "https://mediation.example.cn:x"}, "TIAOJIE_PUBLIC_URL"),
        ({"TIAOJIE_DATABASE_URL": "postgresql://o:p[w@db/t", "TIAOJIE_REDIS_URL": REDIS}, "TIAOJIE_DATABASE_URL"),
        ({"TIAOJIE_DATABASE_URL": DATABASE, "TIAOJIE_REDIS_URL": "redis://:p]@cache/0"}, "TIAOJIE_REDIS_URL"),
        ({"TIAOJIE_DATABASE_URL": DATABASE, "TIAOJIE_REDIS_URL": "cache:6379"}, "TIAOJIE_REDIS_URL"),
        ({"TIAOJIE_DATABASE_URL_FILE": "/nowhere/at/all"}, "TIAOJIE_DATABASE_URL_FILE"),
        ({"TIAOJIE_REDIS_URL": REDIS, "TIAOJIE_REDIS_URL_FILE": "/dev/null"}, "TIAOJIE_REDIS_URL_FILE"),
        ({"TIAOJIE_LOG": "xml"}, "TIAOJIE_LOG"),
        ({"TIAOJIE_LOG_LEVEL": "loud"}, "TIAOJIE_LOG_LEVEL"),
        ({"TIAOJIE_METRICS_PORT": "70000"}, "TIAOJIE_METRICS_PORT"),
        ({"TIAOJIE_DRAIN": "-1"}, "TIAOJIE_DRAIN"),
        ({"TIAOJIE_TRUSTED_PROXIES": "proxy.example.cn"}, "TIAOJIE_TRUSTED_PROXIES"),
        ({"TIAOJIE_TRUSTED_PROXIES": "*"}, "TIAOJIE_TRUSTED_PROXIES"),
        ({"TIAOJIE_TRUSTED_PROXIES": "10.0.3.0/24,0.0.0.0/0"}, "TIAOJIE_TRUSTED_PROXIES"),
    ],
)
def test_a_wrong_setting_is_named(environ: dict[str, str], variable: str) -> None:
    with pytest.raises(SettingError) as raised:
        load_settings(environ)
    assert raised.value.variable == variable
    assert str(raised.value).startswith(f"{variable}: ")


def test_an_address_with_a_password_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "database_url").write_text(f"{DATABASE}\n")
    (tmp_path / "redis_url").write_text(f"{REDIS}\n")
    files = {f"TIAOJIE_{name.upper()}_FILE": str(tmp_path / name) for name in ("database_url", "redis_url")}
    settings = load_settings(files)
    assert (settings.database_url, settings.redis_url) == (DATABASE, REDIS)


def test_the_message_about_an_address_repeats_no_password() -> None:
    with pytest.raises(SettingError) as raised:
        load_settings({"TIAOJIE_DATABASE_URL": "postgres://owner:s3cret@db/t", "TIAOJIE_REDIS_URL": REDIS})
    assert "s3cret" not in str(raised.value)


def test_the_command_line_answers_a_wrong_setting_with_one_line_and_code_2() -> None:
    command = [sys.executable, "-m", "server.cli", "migrate"]
    done = subprocess.run(command, env={"TIAOJIE_PORT": "0"}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "TIAOJIE_PORT" in done.stderr


def test_a_server_that_does_not_answer_is_named_by_its_variable(tmp_path: Path) -> None:
    environ = {
        "TIAOJIE_DATABASE_URL": f"postgresql://owner:pw@/tiaojie?host={tmp_path}",
        "TIAOJIE_REDIS_URL": f"unix://{tmp_path}/redis.sock",
    }
    with pytest.raises(SettingError, match="TIAOJIE_DATABASE_URL"), servers(load_settings(environ), print):
        pass


def test_a_data_folder_that_can_not_be_made_is_named_by_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = load_settings({"TIAOJIE_DATA": str(tmp_path / "file" / "data")})
    with pytest.raises(SettingError, match="TIAOJIE_DATA"), servers(settings, print):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_a_data_folder_closed_to_the_servers_user_is_named_by_its_variable(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    settings = load_settings({"TIAOJIE_DATA": str(tmp_path / "closed" / "data")})
    with pytest.raises(SettingError, match="TIAOJIE_DATA"), servers(settings, print):
        pass


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    first = load_secret(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_secret(file).session == first.session
    assert list(tmp_path.iterdir()) == [file]


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    load_secret(file)
    file.chmod(0o640)
    with pytest.raises(SettingError, match="TIAOJIE_SECRET_FILE"):
        load_secret(file)


@pytest.mark.parametrize("content", ["", "c2hvcnQ=", "not base64 at all"])
def test_a_secret_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "secret"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SettingError, match="TIAOJIE_SECRET_FILE"):
        load_secret(file)


def test_each_purpose_has_its_own_key_and_each_secret_others() -> None:
    one, other = Secret(bytes(32)), Secret(bytes([1] * 32))
    keys = [one.key("field"), one.session, one.key("csrf"), other.key("field")]
    assert len(set(keys)) == len(keys)
    assert one.password("tiaojie_app") != one.password("tiaojie_owner")
