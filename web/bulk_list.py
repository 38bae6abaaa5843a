"""A list of cases that somebody brings along as a file: the first column of a CSV, or one number a line."""

import csv
from collections.abc import Sequence

from litestar.datastructures import UploadFile

from foundation.errors import invalid
from foundation.language import N_

LARGEST = 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
"""What editors and spreadsheets here write."""


async def numbers_in(upload: UploadFile | None) -> Sequence[str]:
    """Of the first column; a head without any digit is left out. Raises InvalidInput at `cases`."""
    if upload is None:
        return ()
    content = await upload.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise invalid("cases", "too_large", N_("文件太大，最大 1 MB"))
    try:
        rows = list(csv.reader(_text(content).replace("\x00", "").splitlines()))
    except csv.Error as error:  # a quotation mark that nothing ends makes one cell of all that follows
        raise invalid("cases", "not_text", N_("请上传文本或 CSV 文件")) from error
    column = [row[0].strip() for row in rows if row]
    return column[1:] if column and not any(letter.isdigit() for letter in column[0]) else column


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise invalid("cases", "not_text", N_("请上传文本或 CSV 文件"))
