"""Random trees of tenants: ragged, up to four tiers deep, with numbers that share prefixes and nest under nobody."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from msgspec import Struct

from tenants.tiers import OfficeKind, Tier

KINDS = (
    OfficeKind.WORKROOM,
    OfficeKind.COMMITTEE,
    OfficeKind.LEADING_GROUP,
    OfficeKind.PETITION_BUREAU,
    OfficeKind.JUSTICE_BUREAU,
)
Columns = tuple[int, int | None, int | None, int | None]


class Place(Struct, frozen=True):
    """A tenant of the random tree, with its custody columns."""

    id: int
    tier: Tier
    columns: Columns


# A zone or a renamed county nests by columns, never by its code; the ids share prefixes on purpose (3, 30, 300).
TREE = [
    Place(1, Tier.PROVINCE, (1, None, None, None)),
    *(Place(n, Tier.PREFECTURE, (1, n, None, None)) for n in (3, 30)),
    *(Place(n, Tier.COUNTY, (1, above, n, None)) for n, above in ((300, 3), (301, 3), (31, 30))),
    *(
        Place(n, Tier.TOWNSHIP, (1, first, second, n))
        for n, first, second in ((3001, 3, 300), (3002, 3, 300), (3010, 3, 301), (310, 30, 31))
    ),
]
"""The one tree of tests that name their tenants."""

PROVINCE = 7
POOL: dict[Tier, tuple[int, ...]] = {
    Tier.PREFECTURE: (73, 730),
    Tier.COUNTY: (7300, 7301, 739),
    Tier.TOWNSHIP: (73001, 73010, 7390),
}
"""Any of them may hang below any tenant of the tier above: 7300 below 730, 7390 below 7301."""


@st.composite
def trees(draw: DrawFn) -> list[Place]:
    found = [Place(PROVINCE, Tier.PROVINCE, (PROVINCE, None, None, None))]
    above = list(found)
    for depth, (tier, pool) in enumerate(POOL.items(), 1):
        number = draw(st.integers(0, len(pool)))
        level = [_below(draw(st.sampled_from(above)), tier, depth, one) for one in pool[:number]]
        found += level
        if not level:
            break
        above = level
    return found


def _below(parent: Place, tier: Tier, depth: int, number: int) -> Place:
    columns = [*parent.columns[:depth], number, None, None, None][:4]
    return Place(number, tier, (columns[0] or 0, columns[1], columns[2], columns[3]))


def office(tenant: Place, kind: OfficeKind) -> int:
    """The id of a tenant's office in these worlds."""
    return tenant.id * 10 + KINDS.index(kind)


def offices(tree: list[Place]) -> list[int]:
    return [office(tenant, kind) for tenant in tree for kind in KINDS]
