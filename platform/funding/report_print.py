"""A report in print: A4 across, one table after the other. The typeface is the reader's own (none is embedded): every
PDF reader knows the Chinese one that is named here, so the platform needs no font file.
"""

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from funding.report_sheets import Sheet

FONT = "STSong-Light"
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=15, leading=22)
HEADING = ParagraphStyle("heading", fontName=FONT, fontSize=11, leading=18, spaceBefore=6)
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=8, leading=10, wordWrap="CJK")
NOTE = ParagraphStyle("note", parent=TEXT, spaceAfter=3)
NUMBER = ParagraphStyle("number", parent=TEXT, alignment=2)
MARGIN = 12 * mm
RULES = [
    ("GRID", (0, 0), (-1, -1), 0.3, colors.grey),
    ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#E7EEF7")),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
]


def printed(title: str, tables: Sequence[Sheet], notes: Sequence[str]) -> bytes:
    """PDF; the notes stand under the title."""
    registerFont(UnicodeCIDFont(FONT))
    file = BytesIO()
    page = landscape(A4)
    document = SimpleDocTemplate(
        file, pagesize=page, title=title, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN
    )
    story: list[Flowable] = [Paragraph(escape(title), TITLE), *(Paragraph(escape(note), NOTE) for note in notes)]
    for table in tables:
        story += [Paragraph(escape(table.title), HEADING), _table(table, page[0] - 2 * MARGIN), Spacer(1, 3 * mm)]
    document.build(story, onFirstPage=_number, onLaterPages=_number)
    return file.getvalue()


def _number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    """At the foot of each page."""
    canvas.setFont(FONT, TEXT.fontSize)
    canvas.drawRightString(landscape(A4)[0] - MARGIN, MARGIN / 2, str(canvas.getPageNumber()))


def _table(table: Sheet, width: float) -> Table:
    """Its first row comes again on each page."""
    heads = [Paragraph(escape(text), TEXT) for text in table.heads]
    rows = [
        [Paragraph(escape(cell.shown), NUMBER if column else TEXT) for column, cell in enumerate(cells)]
        for cells in table.rows
    ]
    return Table([heads, *rows], colWidths=[width / len(heads)] * len(heads), repeatRows=1, style=RULES)
