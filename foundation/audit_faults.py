"""What can be wrong with the audit, and where: in a chain, in a checkpoint, in the file outside the database."""

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_


class Fault(Choice):
    """Of a row of a chain."""

    ALTERED = "altered", N_("内容被改动")
    REORDERED = "reordered", N_("与另一行对调了位置")
    MISSING = "missing", N_("此行之前缺行")
    UNLINKED = "unlinked", N_("与前一行不衔接：前一行或顺序被改动")
    CUT = "cut", N_("此行之后的尾部被删")
    HEAD = "head", N_("链头与末行不符")
    REWRITTEN = "rewritten", N_("与检查点所记不符：此行或之前被改写")
    NOT_AS_KEPT = "not_as_kept", N_("与另存的链头不符")


class Break(Struct, frozen=True):
    """Where a chain does not hold. For CUT: the last link that is still there (0 = none)."""

    tenant_id: int
    seq: int
    fault: Fault


class Flaw(Choice):
    """Of a checkpoint, of its copies, or of its line in the file."""

    ALTERED = "altered", N_("检查点被改动")
    MISSING = "missing", N_("检查点缺失")
    NOT_AS_ABOVE = "not_as_above", N_("与上级检查点所记不符")
    NOT_AS_COPIED = "not_as_copied", N_("与下级所持副本不符")
    COPY_MISSING = "copy_missing", N_("所持上级检查点的副本缺失")
    NOT_AS_FILED = "not_as_filed", N_("与库外文件所记不符")
    LINE_ALTERED = "line_altered", N_("文件中此行或其前一行被改动")
    LINE_MISSING = "line_missing", N_("文件中缺此小时的行")
    FILE_CUT = "file_cut", N_("文件尾部被删：缺此小时起的行")


class Mismatch(Struct, frozen=True):
    """Whose checkpoint of which hour; `line` says where in the file (`2026-03.jsonl:12`)."""

    tenant_id: int | None
    hour: str
    flaw: Flaw
    line: str | None = None


class Head(Struct, frozen=True):
    """The last link of a chain: its number and its hash in hex."""

    seq: int
    hash: str
