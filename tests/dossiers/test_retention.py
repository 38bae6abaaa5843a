"""Terms of keeping are dated rows; the nearest tenant's stands, and the archives' day follows the tier."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from dossiers.retention import Result, RetentionTerm, holder_tier, term_for, transfer_day
from tenants.tiers import Tier
from tests.dossiers.build import Built
from tests.world import World

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("tier", "years"), [(Tier.PROVINCE, 20), (Tier.PREFECTURE, 20), (Tier.COUNTY, 10), (Tier.TOWNSHIP, 10)]
)
def test_the_archives_get_a_dossier_after_ten_years_in_a_county_and_twenty_above(tier: Tier, years: int) -> None:
    assert transfer_day(TODAY, tier) == date(2026 + years, 3, 2)


def test_a_dossier_of_the_leap_day_is_transferred_on_the_28th_unless_that_year_leaps_too() -> None:
    assert transfer_day(date(2028, 2, 29), Tier.COUNTY) == date(2038, 2, 28)
    assert transfer_day(date(2028, 2, 29), Tier.PREFECTURE) == date(2048, 2, 29)


def own_term(case: Case, years: int | None, since: date, until: date | None = None) -> RetentionTerm:
    return RetentionTerm(
        id=uuid4(),
        tenant_id=case.county_id,
        result="agreed",
        years=years,
        source="香格里拉市保管期限表",
        valid_from=since,
        valid_to=until,
    )


async def years_of(session: AsyncSession, case: Case, *terms: RetentionTerm) -> int | None:
    """Inside a transaction that is rolled back: terms are shared by all tests."""
    session.add_all(terms)
    await session.flush()
    found = (await term_for(session, case, Result.AGREED, TODAY)).years
    await session.rollback()
    return found


async def test_without_own_terms_the_provinces_stand(world: World, agreed: Built) -> None:
    async with world.owner() as session:
        case = await session.get_one(Case, agreed.case_id)
        assert holder_tier(case) is Tier.COUNTY
        assert (await term_for(session, case, Result.AGREED, TODAY)).years == 60
        assert (await term_for(session, case, Result.ENDED, TODAY)).years == 30


async def test_the_holders_own_term_goes_before_the_provinces(world: World, agreed: Built) -> None:
    async with world.owner() as session:
        case = await session.get_one(Case, agreed.case_id)
        found = await years_of(session, case, own_term(case, None, date(2026, 1, 1)))
    assert found is None


async def test_a_term_that_has_ended_or_not_begun_does_not_stand(world: World, agreed: Built) -> None:
    async with world.owner() as session:
        case = await session.get_one(Case, agreed.case_id)
        ended = own_term(case, 1, date(2020, 1, 1), TODAY)
        coming = own_term(case, 2, date(2026, 3, 3))
        found = await years_of(session, case, ended, coming)
    assert found == 60
