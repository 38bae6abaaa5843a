"""What the gate says when asked why."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from foundation.language import N_, translate
from policies.relations import RELATION_NAMES, Relation, Standing
from policies.rules import Rule


class Explanation(Struct, frozen=True):
    """Allowed or refused, by which rule, through which relation, until when (None = as long as custody lasts)."""

    allowed: bool
    rule: str | None
    relation: Relation | None
    until: datetime | None
    zh: str
    en: str


NO_RELATION = N_("您与本案没有任何关系，所以看不到它")
NO_RULE = N_("您与本案的关系（%(relations)s）不允许这样做")


def explain_rule(rule: Rule, standing: Standing) -> Explanation:
    """Allowed: in the rule's own sentence, with its basis."""
    zh, en = f"{rule.zh}（{rule.basis}）", f"{rule.en} ({rule.basis})"
    return Explanation(True, rule.no, standing.relation, standing.until, zh, en)


def explain_refusal(found: Collection[Standing], *, seen: bool) -> Explanation:
    """Refused: no rule names the cell. Whoever sees nothing of the case is told of no relation to it."""
    if not seen:
        return Explanation(False, None, None, None, translate(NO_RELATION, "zh"), translate(NO_RELATION, "en"))
    texts = {language: _refusal(found, language) for language in ("zh", "en")}
    return Explanation(False, None, None, None, texts["zh"], texts["en"])


def _refusal(found: Collection[Standing], language: str) -> str:
    names = [translate(RELATION_NAMES[standing.relation], language) for standing in found]
    return translate(NO_RULE, language, relations=("、" if language == "zh" else ", ").join(names))
