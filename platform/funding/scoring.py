"""The amount inside its range (obligation 39): five grounds, scored and on record, never a number typed by hand."""

from typing import Annotated

from msgspec import Meta, Struct

from foundation.language import N_
from funding.trace import TraceLine, yuan

FULL = 100
"""Five grounds of at most 20 points."""
YUAN = 100
SCORED = N_("按五项评分 %(points)s 分，在 %(minimum)s 至 %(maximum)s 元之间取 %(amount)s 元")


class Scores(Struct, frozen=True, kw_only=True):
    """Points from 0 to 20 for each ground; the agreement rate and the person's petitions are no grounds (N7)."""

    quantity: Annotated[int, Meta(title=N_("工作数量（0—20分）"), ge=0, le=20)]
    quality: Annotated[int, Meta(title=N_("工作质量（0—20分）"), ge=0, le=20)]
    difficulty: Annotated[int, Meta(title=N_("难易程度（0—20分）"), ge=0, le=20)]
    effect: Annotated[int, Meta(title=N_("社会影响（0—20分）"), ge=0, le=20)]
    procedure: Annotated[int, Meta(title=N_("程序规范（0—20分）"), ge=0, le=20)]

    @property
    def points(self) -> int:
        return self.quantity + self.quality + self.difficulty + self.effect + self.procedure


def amount(minimum_fen: int, maximum_fen: int, scores: Scores) -> int:
    """In fen, whole yuan, never outside the range."""
    scored = minimum_fen + (maximum_fen - minimum_fen) * scores.points // FULL
    return max(minimum_fen, scored // YUAN * YUAN)


def explain(line: str, minimum_fen: int, maximum_fen: int, scores: Scores) -> TraceLine:
    values = {
        "points": str(scores.points),
        "minimum": yuan(minimum_fen),
        "maximum": yuan(maximum_fen),
        "amount": yuan(amount(minimum_fen, maximum_fen, scores)),
    }
    return TraceLine(line, SCORED, {}, values)


def split(total_fen: int, percents: list[int]) -> list[int]:
    """By shares in whole yuan where the total allows it; the last share takes the rest, so nothing is lost."""
    parts = [total_fen * percent // 100 // YUAN * YUAN for percent in percents[:-1]]
    return [*parts, total_fen - sum(parts)]
