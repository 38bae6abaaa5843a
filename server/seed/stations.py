"""The stations of the real tree that fictitious cases come to, with the people who work there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

import asyncpg
from msgspec import Struct

from tenants.tiers import OfficeKind, Tier

REGISTRARS = ("intake", "window_clerk")
Custody = tuple[int, int | None, int | None, int | None]


class Post(Struct, frozen=True):
    """A person in a post, as an event names it."""

    id: UUID
    person_id: UUID
    role: str
    office_id: int
    tenant_id: int


class Station(Struct, frozen=True):
    """An office that holds cases. `custody`: province, prefecture, county, township, as a case of it has them."""

    id: int
    kind: str
    tenant_id: int
    tier: str
    place_id: int
    code: str
    name: str
    place: str
    committee_id: int | None
    custody: Custody
    posts: Sequence[Post]

    def who(self, *roles: str) -> Post | None:
        """The first person here in one of the roles, in their order."""
        return next((post for role in roles for post in self.posts if post.role == role), None)


class Retention(Struct, frozen=True):
    """A term for dossiers, of the whole province."""

    id: UUID
    years: int | None


class Stations(Struct, frozen=True):
    """`desks` take registrations, each with its share; the rest is found by office or by tenant."""

    desks: Sequence[Station]
    shares: Sequence[float]
    by_office: Mapping[int, Station]
    workrooms: Mapping[int, Station]
    townships: Mapping[int, Sequence[int]]
    """Places of townships, by county."""
    posts: Mapping[tuple[int, str], Post]
    """The first of each tenant in a role."""
    petition_offices: Mapping[int, int]
    """The petition bureau of each tenant that has one."""
    petition_names: Mapping[int, str]
    """Of each of them, with its tenant's."""
    names: Mapping[UUID, str]
    """Of everyone who works somewhere."""
    retention: Mapping[str, Retention]
    """By the result of a case."""
    shown: Sequence[Station]
    """Desks where somebody can sign in: the demonstration's own."""

    def above(self, desk: Station, tier: Tier) -> Station:
        """The workroom of the county, the prefecture or the province over a desk."""
        tenant = desk.custody[(Tier.PROVINCE, Tier.PREFECTURE, Tier.COUNTY).index(tier)]
        assert tenant is not None  # a desk stands in a county
        return self.workrooms[tenant]


OFFICES = """
select o.id, o.kind, o.tenant_id, t.tier, t.place_id, coalesce(t.county_code, '530000') as code,
       o.name, t.name as place, o.committee_id,
       t.province_id, t.prefecture_id, t.county_id, t.township_id
from offices o join tenants t on t.id = o.tenant_id
where o.kind = any($1) and o.valid_to is null and t.valid_to is null order by o.id
"""
POSTS = """
select p.id, p.person_id, p.role, p.office_id, o.tenant_id from posts p join offices o on o.id = p.office_id
where p.since is not null and p.until is null order by p.since, p.id
"""
PETITION_OFFICES = """
select o.tenant_id, o.id, t.name || ' · ' || o.name as name from offices o join tenants t on t.id = o.tenant_id
where o.kind = 'petition_bureau' and o.valid_to is null
"""
RETENTION = "select result, id, years from retention_terms where tenant_id is null and valid_to is null"
KINDS = [OfficeKind.WINDOW.value, OfficeKind.WORKROOM.value, OfficeKind.COMMITTEE.value]


async def load_stations(connection: asyncpg.Connection, random: Random) -> Stations:
    """Desks are those with somebody to register; a township's share varies, a workroom's is as a large township's."""
    everyone = [Post(**dict(row)) for row in await connection.fetch(POSTS)]
    posts: dict[int, list[Post]] = defaultdict(list)
    for post in everyone:
        posts[post.office_id].append(post)
    found = [_station(row, posts) for row in await connection.fetch(OFFICES, KINDS)]
    desks = [station for station in found if station.kind != OfficeKind.COMMITTEE and station.who(*REGISTRARS)]
    known = {row["person_id"] for row in await connection.fetch("select person_id from accounts")}
    townships: dict[int, list[int]] = defaultdict(list)
    for station in found:
        if station.kind == OfficeKind.WINDOW and station.custody[2] is not None:
            townships[station.custody[2]].append(station.place_id)
    petition = await connection.fetch(PETITION_OFFICES)
    return Stations(
        desks=desks,
        shares=[_share(random, desk) for desk in desks],
        by_office={station.id: station for station in found},
        workrooms={station.tenant_id: station for station in found if station.kind == OfficeKind.WORKROOM},
        townships=townships,
        posts={(post.tenant_id, post.role): post for post in reversed(everyone)},
        petition_offices={row["tenant_id"]: row["id"] for row in petition},
        petition_names={row["id"]: row["name"] for row in petition},
        names={row["id"]: row["name"] for row in await connection.fetch("select id, name from persons")},
        retention={row["result"]: Retention(row["id"], row["years"]) for row in await connection.fetch(RETENTION)},
        shown=[desk for desk in desks if any(post.person_id in known for post in desk.posts)],
    )


def _share(random: Random, desk: Station) -> float:
    """Towns differ in size as towns do: a few large ones, many small ones."""
    return random.lognormvariate(0.0, 0.6) if desk.kind == OfficeKind.WINDOW else 4.0


def _station(row: asyncpg.Record, posts: Mapping[int, Sequence[Post]]) -> Station:
    values = dict(row)
    tiers = ("province_id", "prefecture_id", "county_id", "township_id")
    province, prefecture, county, township = (values.pop(name) for name in tiers)
    return Station(**values, custody=(province, prefecture, county, township), posts=posts.get(row["id"], ()))
