"""Files through the API: checked, kept encrypted, given back to those who may read the case."""

from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from httpx import AsyncClient
from PIL import Image
from pypdf import PdfWriter

from foundation.files import FileStore
from foundation.settings import Settings
from tests.api.test_cases import CASES, problem, registered
from tests.door import Door
from tests.people import registration


def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (64, 48), "white").save(buffer, "JPEG")
    return buffer.getvalue()


def pdf() -> bytes:
    writer, buffer = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(buffer)
    return buffer.getvalue()


async def files_of(door: Door, clerk: AsyncClient) -> str:
    return f"{CASES}/{(await registered(door, clerk))['case']['id']}/files"


async def test_a_file_comes_back_as_it_was_under_a_harmless_name(door: Door, settings: Settings) -> None:
    content = picture()
    async with await door.program("jiantang.clerk") as clerk:
        files = await files_of(door, clerk)
        kept = await clerk.post(files, files={"file": ("../墙体 裂缝.png", content, "text/html")})
        assert kept.status_code == 201, kept.text
        item = kept.json()
        assert (item["name"], item["media_type"], item["size"]) == ("墙体 裂缝.png.jpg", "image/jpeg", len(content))
        back = await clerk.get(kept.headers["location"])
        assert [found["id"] for found in (await clerk.get(files)).json()] == [item["id"]]
    assert back.content == content
    assert back.headers["content-type"] == "image/jpeg"
    assert back.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in back.headers["content-security-policy"]
    assert back.headers["x-content-type-options"] == "nosniff"
    on_disk = [path for path in (Path(settings.data) / "files").rglob("*") if path.name == item["id"]]
    assert len(on_disk) == 1 and content not in on_disk[0].read_bytes()


async def test_the_same_upload_under_one_key_is_kept_once(door: Door) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    async with await door.program("jiantang.clerk") as clerk:
        files = await files_of(door, clerk)
        answers = [await clerk.post(files, files={"file": ("申请.pdf", pdf())}, headers=headers) for _ in range(2)]
        assert answers[0].text == answers[1].text
        assert len((await clerk.get(files)).json()) == 1
        other = await clerk.post(files, files={"file": ("申请.jpg", picture())}, headers=headers)
        problem(other, 422, "idempotency_key_reused")


async def test_a_file_of_a_transaction_that_fails_is_gone(door: Door, settings: Settings) -> None:
    world = door.world
    kept: list[str] = []
    case = (await world.register("jiantang.clerk", **await registration(world, persons=1))).case
    with pytest.raises(RuntimeError, match="too late"):
        async with world.as_("jiantang.clerk") as (session, subject):
            files: FileStore = door.app.state["files"]
            row = await files.keep(
                session, case_id=case.id, recorded_by=subject.person_id, name="照片.jpg", content=picture()
            )
            kept.append(str(row.id))
            assert await files.read(row) == picture()
            raise RuntimeError("too late")
    assert [path for path in (Path(settings.data) / "files").rglob("*") if path.name in kept] == []


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("页面.html", b"<html></html>", 422, "file_kind_refused"),
        ("空.pdf", b"", 422, "file_kind_refused"),
        ("...", picture(), 422, "file_name_refused"),
        ("字" * 200 + ".pdf", pdf(), 422, "file_name_refused"),
        ("大.pdf", b"%PDF-" + bytes(20 * 1024 * 1024), 413, "file_too_large"),
        ("太大.pdf", b"%PDF-" + bytes(22 * 1024 * 1024), 413, "file_too_large"),
    ],
    ids=["html", "empty", "no name", "long name", "just too large", "larger than a request"],
)
async def test_what_is_not_a_file_of_ours_is_refused_by_name(
    door: Door, name: str, content: bytes, status: int, code: str
) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        files = await files_of(door, clerk)
        problem(await clerk.post(files, files={"file": (name, content)}), status, code)
        assert (await clerk.get(files)).json() == []


async def test_an_upload_without_a_file_says_so(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        files = await files_of(door, clerk)
        problem(await clerk.post(files, data={"file": "text"}), 422, "invalid_input")
        problem(await clerk.post(files, json={}), 422, "invalid_input")
        broken = {"Content-Type": "multipart/form-data; boundary=x"}
        problem(await clerk.post(files, content=b"--y\r\nnonsense", headers=broken), 422, "invalid_input")


async def test_a_file_of_another_case_is_not_there(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        first, second = await files_of(door, clerk), await files_of(door, clerk)
        kept = (await clerk.post(first, files={"file": ("照片.jpg", picture())})).json()
        problem(await clerk.get(f"{second}/{kept['id']}"), 404, "not_found")
    async with await door.program("deqin.director") as stranger:
        problem(await stranger.get(kept["href"]), 404, "not_found")
        problem(await stranger.post(first, files={"file": ("照片.jpg", picture())}), 404, "not_found")


async def test_an_altered_file_is_never_given_out(door: Door, settings: Settings) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        files = await files_of(door, clerk)
        kept = (await clerk.post(files, files={"file": ("照片.jpg", picture())})).json()
        (path,) = [path for path in (Path(settings.data) / "files").rglob("*") if path.name == kept["id"]]
        sealed = bytearray(path.read_bytes())
        sealed[-1] ^= 1
        path.write_bytes(bytes(sealed))
        problem(await clerk.get(kept["href"]), 500, "file_altered")
        path.unlink()
        problem(await clerk.get(kept["href"]), 500, "file_altered")


async def test_a_field_that_is_no_text_is_a_broken_request(door: Door) -> None:
    """A part without a file name is a text, and a picture is none: in a page's form too."""
    content = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n\x89PNG\xff\r\n--b--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]["id"]
        sent = await clerk.post(f"/api/v1/cases/{case}/files", content=content, headers=kind)
        page = await clerk.post("/sign-in", content=content, headers=kind)
    assert (sent.status_code, page.status_code) == (400, 400)
