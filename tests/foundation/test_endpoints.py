"""Addresses of the servers: four roles on one database, and no password in a log."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from foundation.endpoints import Endpoints, asyncpg_dsn, endpoints, redis_on
from foundation.settings import load_settings


@pytest.fixture
def external() -> Endpoints:
    return endpoints(
        load_settings(
            {
                "TIAOJIE_DATABASE_URL": "postgresql://keeper:s3cret@db.example:5433/mediation?sslmode=require",
                "TIAOJIE_REDIS_URL": "redis://:hidden@cache.example:6379/2",
            }
        )
    )


def test_the_owner_is_the_given_user_and_the_three_others_are_ours(external: Endpoints) -> None:
    users = [make_url(url).username for url in (external.owner, external.app, external.auditor, external.relay)]
    assert users == ["keeper", "tiaojie_app", "tiaojie_auditor", "tiaojie_relay"]
    assert {make_url(url).database for url in (external.owner, external.relay)} == {"mediation"}


def test_each_role_has_a_password_of_its_own_that_does_not_tell_the_owners(external: Endpoints) -> None:
    passwords = {str(make_url(url).password) for url in (external.app, external.auditor, external.relay)}
    assert len(passwords) == 3
    assert "s3cret" not in "".join(passwords)


def test_transport_security_is_named_as_each_reader_wants_it(external: Endpoints) -> None:
    assert make_url(external.app).query == {"ssl": "require"}
    assert asyncpg_dsn(external.app).endswith("?sslmode=require")
    assert asyncpg_dsn(external.app).startswith("postgresql://tiaojie_app:")


def test_an_address_prints_no_password(external: Endpoints) -> None:
    assert "s3cret" not in repr(external)
    assert "hidden" not in repr(external)


def test_another_database_changes_all_addresses_and_nothing_else_in_them(external: Endpoints) -> None:
    moved = external.on_database("clone", 5)
    assert make_url(moved.app).database == make_url(moved.owner).database == "clone"
    assert make_url(moved.app).set(database="mediation") == make_url(external.app)
    assert moved.redis == "redis://:hidden@cache.example:6379/5"


@pytest.mark.parametrize(
    ("url", "moved"),
    [
        ("redis://cache", "redis://cache/3"),
        ("rediss://:pw@cache:6380/1?timeout=1", "rediss://:pw@cache:6380/3"),
        ("unix://:pw@/run/valkey.sock?db=0", "unix://:pw@/run/valkey.sock?db=3"),
    ],
)
def test_a_numbered_redis_database_is_named_as_its_address_wants_it(url: str, moved: str) -> None:
    assert redis_on(url, 3) == moved


def test_embedded_servers_are_found_through_sockets_in_the_data_folder(tmp_path: Path) -> None:
    found = endpoints(load_settings({"TIAOJIE_DATA": str(tmp_path / "d")}))
    assert make_url(found.app).host is None
    assert make_url(found.app).query["host"] == found.redis.partition("@")[2].rpartition("/")[0]
