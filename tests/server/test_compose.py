"""compose.yaml and Dockerfile: valid, complete, closed to the outside but for the proxy."""

import re
from pathlib import Path
from typing import Any

import pytest
from compose_spec import PyOptions

from foundation.settings import KNOWN, load_settings
from server.cli import NAMES

ROOT = Path(__file__).parent.parent.parent
INTERPOLATION = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")
SERVING = ("web-1", "web-2", "worker")
ONCE = ("migrate", "operate")
OURS = (*SERVING, *ONCE)
MADE = ("./deploy/tls", "./deploy/keys", "./deploy/backups")
"""By deploy/secrets.sh."""
SERVERS = ("proxy", "postgres", "valkey")


def interpolated(text: str) -> str:
    """As compose does it: ${NAME}, ${NAME:-default}, ${NAME:?message}."""
    return INTERPOLATION.sub(lambda found: {"SITE": "mediation.example.cn"}.get(found[1], found[2] or ""), text)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """As the compose specification reads it; raises ValueError where it does not hold to it."""
    read = PyOptions(apply_merge=True).from_yaml(interpolated((ROOT / "compose.yaml").read_text()))
    read.validate()
    return dict(read.to_dict())


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return dict(compose["services"])


def test_the_specification_refuses_what_is_not_of_it() -> None:
    with pytest.raises(ValueError):
        PyOptions(apply_merge=True).from_yaml("services: {web: {image: x, restarts: always}}")


def test_two_web_processes_a_worker_a_migration_and_their_servers(services: dict[str, Any]) -> None:
    assert set(services) == {*OURS, *SERVERS}
    assert services["web-1"] == services["web-2"]
    assert services["postgres"]["image"].startswith("postgres:18")


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any], services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    open_networks = {name for name, network in compose["networks"].items() if not (network or {}).get("internal")}
    assert [name for name, service in services.items() if open_networks & set(service["networks"])] == ["proxy"]


def test_the_proxy_reaches_the_web_processes_and_no_server(services: dict[str, Any]) -> None:
    reached = {name for name, one in services.items() if set(one["networks"]) & set(services["proxy"]["networks"])}
    assert reached == {"proxy", "web-1", "web-2"}


def test_the_web_processes_believe_the_proxys_address_and_no_other(services: dict[str, Any]) -> None:
    address = services["proxy"]["networks"]["web"]["ipv4_address"]
    assert services["web-1"]["environment"]["TIAOJIE_TRUSTED_PROXIES"] == address


@pytest.mark.parametrize("name", [*OURS, *SERVERS])
def test_a_container_can_do_little_and_is_watched(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["logging"]["options"] == {"max-size": "20m", "max-file": "10"}
    if name not in ONCE:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}


@pytest.mark.parametrize("name", OURS)
def test_our_commands_and_settings_exist(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert service["command"][0] in (*NAMES, "--help")
    if check := service.get("healthcheck"):
        assert check["test"] == ["CMD", "tiaojie", service["command"][0], "--check"]
    environment = {key: str(value) for key, value in service["environment"].items()}
    assert environment.keys() <= KNOWN
    with pytest.raises(Exception, match="TIAOJIE_DATABASE_URL_FILE"):
        load_settings(environment)  # everything else is right; the secrets are not on this machine
    files = {key: value for key, value in environment.items() if not key.endswith("_URL_FILE")}
    assert load_settings(files).public_url == "https://mediation.example.cn"


def test_every_secret_is_a_file_that_the_script_makes_and_git_ignores(
    compose: dict[str, Any], services: dict[str, Any]
) -> None:
    used = {secret for service in services.values() for secret in service.get("secrets", [])}
    assert used == compose["secrets"].keys()
    script = (ROOT / "deploy" / "secrets.sh").read_text()
    assert set(re.findall(r"\| keep secrets/(\w+)", script)) == used
    assert {secret["file"] for secret in compose["secrets"].values()} == {f"./deploy/secrets/{name}" for name in used}
    assert {"deploy/secrets/", "deploy/keys/"} <= set((ROOT / ".gitignore").read_text().splitlines())


@pytest.mark.parametrize("name", OURS)
def test_the_keys_are_a_folder_that_only_the_operator_changes(services: dict[str, Any], name: str) -> None:
    assert services[name]["environment"]["TIAOJIE_SECRET_FILE"] == "/etc/tiaojie/keys/secret"
    mounted = [volume for volume in services[name]["volumes"] if volume.startswith("./deploy/keys:")]
    assert mounted == [f"./deploy/keys:/etc/tiaojie/keys{'' if name == 'operate' else ':ro'}"]


def test_commands_of_an_operator_do_not_come_up_with_the_rest(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if service.get("profiles")] == ["operate"]


def test_what_is_mounted_from_the_checkout_is_there(services: dict[str, Any]) -> None:
    mounted = [volume for service in services.values() for volume in service.get("volumes", [])]
    files = [volume.split(":")[0] for volume in mounted if volume.startswith("./")]
    assert len(files) >= 4
    assert [file for file in files if file not in MADE and not (ROOT / file).exists()] == []


def test_the_schema_is_migrated_before_anything_of_ours_serves(services: dict[str, Any]) -> None:
    for name in SERVING:
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_image_runs_as_nobody_in_particular_and_asks_its_own_health() -> None:
    lines = (ROOT / "Dockerfile").read_text()
    assert lines.rindex("USER 10001") < lines.rindex("ENTRYPOINT")
    assert 'CMD ["tiaojie", "serve", "--check"]' in lines
    assert "--require-hashes -r requirements/runtime.txt" in lines
    named = set(re.findall(r"requirements/(\w+)\.txt", lines))
    assert all((ROOT / "requirements" / f"{name}.txt").exists() for name in named)


def test_no_secret_and_no_history_goes_to_the_builder() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    admitted = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    assert "*" in rules
    assert not {".git", "deploy", "var", ".venv", "tests"} & {rule.split("/")[0] for rule in admitted}
    assert all((ROOT / rule).exists() for rule in admitted)
