"""The amount inside its range (obligation 39): five grounds, scored and on record, never a number typed by hand."""

from typing import Annotated

from msgspec import Meta, Struct

from foundation.errors import invalid
from foundation.language import N_
from funding.trace import TraceLine, yuan

FULL = 100
"""Five grounds of at most 20 points."""
YUAN = 100
SCORED = N_("按五项评分 %(points)s 分，在 %(minimum)s 至 %(maximum)s 元之间取 %(amount)s 元")


FORMS = N_("应有的规范文书 %(needed)s 项，已有 %(have)s 项，程序规范最高 %(most)s 分")
ASKED = N_("申报金额低于评分取定的金额，按申报取 %(amount)s 元")
LACKING = N_("规范文书 %(needed)s 项只有 %(have)s 项，程序规范不得高于 %(most)s 分")
FULL_GROUND = 20


class Forms(Struct, frozen=True):
    """Of the standard forms (规范文书) that the dossier needs: how many there are."""

    have: int
    needed: int

    @property
    def most(self) -> int:
        """Points that the procedure can earn."""
        return FULL_GROUND * self.have // self.needed if self.needed else FULL_GROUND


class Scores(Struct, frozen=True, kw_only=True):
    """Points from 0 to 20 for each ground; the agreement rate and the person's petitions are no grounds (N7)."""

    quantity: Annotated[int, Meta(title=N_("工作数量（0—20分）"), ge=0, le=20)]
    quality: Annotated[int, Meta(title=N_("工作质量（0—20分）"), ge=0, le=20)]
    difficulty: Annotated[int, Meta(title=N_("难易程度（0—20分）"), ge=0, le=20)]
    effect: Annotated[int, Meta(title=N_("社会影响（0—20分）"), ge=0, le=20)]
    procedure: Annotated[
        int, Meta(title=N_("程序规范（0—20分）"), description=N_("按规范文书齐全的比例设上限"), ge=0, le=20)
    ]

    @property
    def points(self) -> int:
        return self.quantity + self.quality + self.difficulty + self.effect + self.procedure


GROUNDS = {
    "quantity": N_("工作数量"),
    "quality": N_("工作质量"),
    "difficulty": N_("难易程度"),
    "effect": N_("社会影响"),
    "procedure": N_("程序规范"),
}
"""As a settlement shows what was scored."""


def amount(minimum_fen: int, maximum_fen: int, scores: Scores) -> int:
    """In fen, whole yuan, never outside the range."""
    scored = minimum_fen + (maximum_fen - minimum_fen) * scores.points // FULL
    return max(minimum_fen, scored // YUAN * YUAN)


def check_procedure(scores: Scores, forms: Forms) -> None:
    """程序规范 is not a matter of opinion alone: the standard forms bound it. Raises InvalidInput at the field."""
    if scores.procedure > forms.most:
        raise invalid("procedure", "forms_lacking", LACKING, have=forms.have, needed=forms.needed, most=forms.most)


def explain(line: str, minimum_fen: int, maximum_fen: int, scores: Scores, forms: Forms, taken: int) -> list[TraceLine]:
    """`taken`: the amount in the end, when less was asked than the scores give."""
    scored = amount(minimum_fen, maximum_fen, scores)
    values = {
        "points": str(scores.points),
        "minimum": yuan(minimum_fen),
        "maximum": yuan(maximum_fen),
        "amount": yuan(scored),
    }
    complete = {"have": str(forms.have), "needed": str(forms.needed), "most": str(forms.most)}
    lines = [TraceLine(line, FORMS, {}, complete), TraceLine(line, SCORED, {}, values)]
    return lines if taken == scored else [*lines, TraceLine(line, ASKED, {}, {"amount": yuan(taken)})]


def split(total_fen: int, percents: list[int]) -> list[int]:
    """By shares in whole yuan where the total allows it; the last share takes the rest, so nothing is lost."""
    parts = [total_fen * percent // 100 // YUAN * YUAN for percent in percents[:-1]]
    return [*parts, total_fen - sum(parts)]
