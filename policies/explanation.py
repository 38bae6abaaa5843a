"""What the gate says when asked why."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from foundation.language import N_, translate
from policies.relations import RELATION_NAMES, Relation, Standing
from policies.rules import Rule
from policies.words import FIELD_GROUPS


class Explanation(Struct, frozen=True):
    """Allowed or refused, by which rule, through which relation, until when (None = as long as custody lasts)."""

    allowed: bool
    rule: str | None
    relation: Relation | None
    until: datetime | None
    zh: str
    en: str
    groups: tuple[str, ...] = ()
    """The field groups that the same relation shows."""
    elsewhere: tuple[str, ...] = ()
    """Of a refusal: rules by which this role may do it in another relation."""


NO_RELATION = N_("与本案没有任何关系，所以看不到它")
REMOVED = N_("%(relation)s，任何规则、授权或者查阅申请都不再使其看到本案")
NO_RULE = N_("与本案的关系（%(relations)s）不允许这样做")
OTHERWISE = N_("这个岗位在下列关系中可以：%(rules)s")


def explain_rule(rule: Rule, standing: Standing, allowed: Collection[str]) -> Explanation:
    """Allowed: in the rule's own sentence, with its basis."""
    zh, en = f"{rule.zh}（{rule.basis}）", f"{rule.en} ({translate(rule.basis, 'en')})"
    groups = tuple(str(group) for group in FIELD_GROUPS if group in allowed)
    return Explanation(True, rule.no, standing.relation, standing.until, zh, en, groups)


def explain_removal(relation: Relation) -> Explanation:
    """Refused whatever the rules say: a negative relation beats every row."""
    zh, en = (translate(REMOVED, one, relation=translate(RELATION_NAMES[relation], one)) for one in ("zh", "en"))
    return Explanation(False, None, relation, None, zh, en)


def explain_refusal(found: Collection[Standing], elsewhere: Sequence[Rule], *, seen: bool) -> Explanation:
    """Refused: no rule names the cell. Whoever sees nothing of the case is told of no relation to it."""
    if not seen:
        return Explanation(False, None, None, None, translate(NO_RELATION, "zh"), translate(NO_RELATION, "en"))
    texts = {language: _refusal(found, elsewhere, language) for language in ("zh", "en")}
    numbers = tuple(rule.no for rule in elsewhere)
    return Explanation(False, None, None, None, texts["zh"], texts["en"], elsewhere=numbers)


def _refusal(found: Collection[Standing], elsewhere: Sequence[Rule], language: str) -> str:
    refused = translate(NO_RULE, language, relations=_names((one.relation for one in found), language))
    if not elsewhere:
        return refused
    rules = "；".join(rule.zh for rule in elsewhere) if language == "zh" else "; ".join(r.en for r in elsewhere)
    stop = "。" if language == "zh" else ". "
    return refused + stop + translate(OTHERWISE, language, rules=rules)


def _names(relations: Iterable[Relation], language: str) -> str:
    named = dict.fromkeys(translate(RELATION_NAMES[relation], language) for relation in relations)
    return ("、" if language == "zh" else ", ").join(named)
