"""What a page sent: texts by field name, and uploaded files."""

from collections.abc import Mapping, Sequence

from litestar.datastructures import UploadFile

from web.page import AnyRequest


async def fields_in(request: AnyRequest) -> Mapping[str, Sequence[str]]:
    """Every text field, in the order it was sent, with line ends as they were typed: forms send two characters for one.

    A NUL character, which no database text holds, is dropped.
    """
    found: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value.replace("\x00", "").replace("\r\n", "\n"))
    return found


async def files_in(request: AnyRequest) -> dict[str, UploadFile]:
    """Uploaded files by field name; an empty file input is none."""
    items = (await request.form()).multi_items()
    return {name: value for name, value in items if isinstance(value, UploadFile) and value.filename}
