"""Draw the rights of every role as docs/rights.md: `python setup/rights.py > docs/rights.md`.

From policies/rules.csv alone; a test compares the two, so that the page can't grow old.
"""

from collections import defaultdict
from collections.abc import Iterator

from policies.difference import by_role
from policies.named import action_named, relation_named, role_named, tier_named
from policies.rules import RuleBook, load

ABOUT = """Drawn from `policies/rules.csv` by `python setup/rights.py > docs/rights.md`; never edited by hand.
These are the rules that come with the program; what is in force in a deployment shows on its page 规则 (`/policy`).
Whatever is not written here is refused. 被检举 (complained of) and 已回避 (recused) take every right away.
The case's status is part of reading it."""


Same = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Rule, tiers, actions: relations in which they are the same stand in one line."""


def page() -> str:
    """The whole page."""
    return "\n".join(["# Who may do what, role by role", "", ABOUT, "", *_roles(load()), ""])


def _roles(book: RuleBook) -> Iterator[str]:
    for role, lines in by_role(book.cells(), book.rules).items():
        yield f"## {role_named(role, 'zh')} `{role}`"
        yield ""
        yield "| rule | 关系 relation | 层级 tiers | 行为 actions | 规则 rule in a sentence |"
        yield "| --- | --- | --- | --- | --- |"
        together: defaultdict[Same, list[str]] = defaultdict(list)
        for line in lines:
            together[line.rule, line.tiers, line.actions].append(line.relation)
        yield from (_line(book, same, relations) for same, relations in together.items())
        yield ""


def _line(book: RuleBook, same: Same, relations: list[str]) -> str:
    no, tiers, actions = same
    rule = book.rules[no]
    said = f"{rule.zh}<br>{rule.en}" + (f" *({rule.condition})*" if rule.condition else "")
    cells = (
        no,
        "<br>".join(f"{relation_named(relation, 'zh')} `{relation}`" for relation in relations),
        "、".join(tier_named(tier, "zh") for tier in tiers),
        "、".join(action_named(action, "zh") for action in actions),
        said.replace("|", "/"),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
