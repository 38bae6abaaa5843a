"""What a file is, decided by decoding it: the name and the sender's word count for nothing."""

import warnings
from enum import StrEnum
from io import BytesIO

from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from foundation.errors import DomainError
from foundation.language import N_

MOST_PIXELS = 50_000_000
"""A scan of A3 at 400 dpi has 31 million; a picture bomb has billions in a few kilobytes."""


class FileKindRefused(DomainError):
    code = "file_kind_refused"
    status = 422
    message = N_("只接收能正常打开的 PDF、JPEG、PNG 文件（不带密码）")


class MediaType(StrEnum):
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


BEGINNINGS = {b"%PDF-": MediaType.PDF, b"\xff\xd8\xff": MediaType.JPEG, b"\x89PNG\r\n\x1a\n": MediaType.PNG}
"""At the first byte: a page of HTML with a PDF behind it is not a PDF."""


def media_type(content: bytes) -> MediaType:
    """The kind, after decoding the whole picture or reading the PDF's pages; raises FileKindRefused. Runs long."""
    kind = next((kind for beginning, kind in BEGINNINGS.items() if content.startswith(beginning)), None)
    if kind is None or not (_is_pdf(content) if kind is MediaType.PDF else _is_picture(content, kind)):
        raise FileKindRefused
    return kind


def _is_pdf(content: bytes) -> bool:
    try:
        reader = PdfReader(BytesIO(content))
        return not reader.is_encrypted and len(reader.pages) > 0
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError):
        return False  # pypdf answers a broken file with whatever its parser stumbled over


def _is_picture(content: bytes, kind: MediaType) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=[kind.name]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return False
                picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
    except (OSError, SyntaxError, ValueError, EOFError):
        return False  # truncated or damaged: Pillow's decoders differ in what they raise
    return True
