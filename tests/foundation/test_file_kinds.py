"""A file is what its content is."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfWriter

from foundation.file_kinds import FileKindRefused, MediaType, media_type
from foundation.file_names import LONGEST, FileNameRefused, clean_name


def picture(form: str, size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, "white").save(buffer, form)
    return buffer.getvalue()


def pdf(password: str | None = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A small file whose header promises a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(pdf(), MediaType.PDF), (picture("JPEG"), MediaType.JPEG), (picture("PNG"), MediaType.PNG)],
    ids=["pdf", "jpeg", "png"],
)
def test_the_kind_is_decided_by_decoding_the_content(content: bytes, kind: MediaType) -> None:
    assert media_type(content) is kind


REFUSED = {
    "empty": b"",
    "text": "申请书".encode(),
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "gif": picture("GIF"),
    "html before a pdf": b"<html></html>" + pdf(),
    "only the beginning of a pdf": b"%PDF-1.7\n",
    "a pdf cut in half": pdf()[: len(pdf()) // 3],
    "a pdf with a password": pdf("secret"),
    "a jpeg cut in half": picture("JPEG", (400, 300))[:700],
    "a png cut in half": picture("PNG", (400, 300))[:60],
    "a png whose pixels would fill the memory": png_claiming(60_000, 60_000),
    "a png just past the limit": png_claiming(8_000, 8_000),
    "a jpeg's beginning and nothing": b"\xff\xd8\xff",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_what_does_not_decode_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(FileKindRefused):
        media_type(content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("欠条.jpg", "欠条.jpg"),
        ("欠条.JPEG", "欠条.JPEG"),
        ("/etc/../欠条.jpg", "欠条.jpg"),
        ("C:\\Users\\me\\欠条.jpg", "欠条.jpg"),
        ("欠条.pdf", "欠条.pdf.jpg"),
        ("欠条", "欠条.jpg"),
        ("欠\x00条\r\n.jpg", "欠条.jpg"),
        ("欠条\u202egpj.exe", "欠条gpj.exe.jpg"),
        ('欠"条<1>.jpg', "欠条1.jpg"),
        ("  .欠条.jpg ", "欠条.jpg"),
    ],
)
def test_a_name_is_made_harmless_and_gets_the_extension_of_its_content(given: str, kept: str) -> None:
    assert clean_name(given, MediaType.JPEG) == kept


@pytest.mark.parametrize("given", ["", " ", "...", "../..", "\x00\x01", "a/", ".jpg", "字" * (LONGEST + 1)])
def test_a_name_of_nothing_or_too_long_is_refused(given: str) -> None:
    with pytest.raises(FileNameRefused):
        clean_name(given, MediaType.JPEG)
