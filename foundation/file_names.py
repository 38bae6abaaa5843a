"""The name a person gave a file, made harmless: shown, offered at download, never used as a path."""

import unicodedata

from foundation.errors import DomainError
from foundation.file_kinds import MediaType
from foundation.language import N_

LONGEST = 120
EXTENSIONS = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
}
FORBIDDEN = frozenset('<>:"|?*;')


class FileNameRefused(DomainError):
    code = "file_name_refused"
    status = 422
    message = N_("文件名不能为空，且不超过 120 个字")


def clean_name(given: str, kind: MediaType) -> str:
    """The last part of a path, without invisible or reserved characters, with the extension its content has."""
    last = given.replace("\\", "/").rpartition("/")[2]
    shown = "".join(character for character in unicodedata.normalize("NFC", last) if _is_harmless(character))
    name = shown.strip(" .")
    if not name or len(name) > LONGEST or f".{name.lower()}" in EXTENSIONS[kind]:
        raise FileNameRefused
    return name if name.lower().endswith(EXTENSIONS[kind]) else name + EXTENSIONS[kind][0]


def _is_harmless(character: str) -> bool:
    """Categories C*: control, format (right-to-left override), surrogate, private use, unassigned."""
    return character not in FORBIDDEN and not unicodedata.category(character).startswith("C")
