"""Lists to choose from show no more of a party than the case itself does (N4)."""

from foundation.language import current_language
from tests.cases.build import Walk, assessed
from tests.world import World


async def chosen_from(walk: Walk, login: str, name: str) -> list[str]:
    """The labels of a list of options as this person gets them."""
    async with walk.world.as_(login) as (session, subject):
        options = walk.world.catalogue.options[name]
        return [option.label for option in await options(session, subject, await walk.world.case(walk.case_id))]


async def test_names_are_masked_until_a_reason_is_given(world: World) -> None:
    walk = await assessed(world, persons=3)
    first = (await walk.petitioners())[0]
    for listed in ("parties", "petitioners"):
        masked = await chosen_from(walk, "xgll.director", listed)
        assert "1. 和**" in masked[0]
        assert "和春生" not in str(masked)
    await walk.do("xgll.director", "reveal-party", party_id=str(first.id), purpose="contact")
    assert (await chosen_from(walk, "xgll.director", "parties"))[0] == "信访人 1. 和春生"


async def test_who_sees_no_name_chooses_by_number(world: World) -> None:
    walk = await assessed(world, persons=2)
    assert await chosen_from(walk, "xgll.justice", "petitioners") == ["1.", "2."]


async def test_the_sides_are_named_in_the_readers_language(world: World) -> None:
    walk = await assessed(world, persons=1)
    token = current_language.set("en")
    try:
        labels = await chosen_from(walk, "xgll.director", "parties_by_number")
    finally:
        current_language.reset(token)
    assert "信访人" not in str(labels)
    assert "对方" not in str(labels)
