"""Pieces of evidence come with their hash, and a file belongs to one case only."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from dossiers.evidence import Evidence
from foundation.errors import InvalidInput, NotFound
from foundation.files import FileStore
from tests.dossiers.build import Built, keep_picture, rows, table_case
from tests.world import KEYRING, World

PHOTOGRAPH = {"kind": "photograph", "title": "东墙裂缝", "obtained_on": "2026-03-02", "place": "建塘镇"}


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore.on_disk(tmp_path / "files", KEYRING)


@pytest.fixture
def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    return buffer.getvalue()


async def test_a_photograph_carries_the_hash_of_its_file(
    world: World, at_table: Built, files: FileStore, picture: bytes
) -> None:
    kept = await keep_picture(world, files, at_table, picture)
    await world.do("xgll.handler", at_table.case_id, "add-evidence", **PHOTOGRAPH, file=str(kept.id))
    (piece,) = await rows(world, Evidence, at_table)
    assert (piece.sha256, piece.file_id, piece.title) == (kept.sha256, kept.id, "东墙裂缝")


async def test_a_photograph_without_a_file_is_refused_at_the_field(world: World, at_table: Built) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.do("xgll.handler", at_table.case_id, "add-evidence", **PHOTOGRAPH)
    assert [(error.field, error.rule) for error in refused.value.fields] == [("file", "required")]


async def test_a_testimony_may_be_described_only_and_still_has_a_hash(world: World, at_table: Built) -> None:
    form = {**PHOTOGRAPH, "kind": "testimony", "party": str(at_table.petitioners[0])}
    await world.do("xgll.handler", at_table.case_id, "add-evidence", **form)
    (piece,) = await rows(world, Evidence, at_table)
    assert (len(piece.sha256), piece.party_id) == (32, at_table.petitioners[0])


async def test_a_file_of_another_case_is_no_file_here(
    world: World, at_table: Built, files: FileStore, picture: bytes
) -> None:
    other = await table_case(world)
    kept = await keep_picture(world, files, other, picture)
    with pytest.raises(NotFound):
        await world.do("xgll.handler", at_table.case_id, "add-evidence", **PHOTOGRAPH, file=str(kept.id))


async def test_a_party_of_another_case_gives_no_evidence_here(world: World, at_table: Built) -> None:
    other = await table_case(world)
    form = {**PHOTOGRAPH, "kind": "testimony", "party": str(other.company)}
    with pytest.raises(InvalidInput) as refused:
        await world.do("xgll.handler", at_table.case_id, "add-evidence", **form)
    assert [error.field for error in refused.value.fields] == ["party"]


async def test_evidence_is_not_dated_in_the_future(world: World, at_table: Built) -> None:
    form = {**PHOTOGRAPH, "kind": "physical", "obtained_on": "2026-03-03"}
    with pytest.raises(InvalidInput) as refused:
        await world.do("xgll.handler", at_table.case_id, "add-evidence", **form)
    assert [error.rule for error in refused.value.fields] == ["in_future"]
