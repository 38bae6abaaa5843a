"""A leak of personal data (个人信息保护法 57): its clock runs from the finding to the telling."""

from typing import Any

import pytest

from tests.cases.test_terms_acts import term, walker
from tests.door import Door

PRIVACY = "xgll.privacy"
WORDS: dict[str, Any] = {"leaked": ["contact"], "cause": "登记簿遗失", "harm": "可能收到骚扰电话"}


@pytest.mark.obligation("N4")
async def test_a_leak_is_told_to_the_authority_and_to_each_party_and_the_clock_runs_until_then(door: Door) -> None:
    walk = await walker(door)
    report: dict[str, Any] = {**WORDS, "found_on": "2026-03-01", "measures": "已追回登记簿"}
    problem = await walk.refused(PRIVACY, "report-breach", "invalid_input", **{**report, "found_on": "2026-03-09"})
    assert [(one["field"], one["rule"]) for one in problem["errors"]] == [("found_on", "in_future")]
    assert (await walk.attempt("xgll.handler", "report-breach", **report)).status_code == 403
    await walk.do(PRIVACY, "report-breach", **report)
    runs = await term(walk, "breach_notice", "xgll.director")
    assert (runs["due_at"][:10], runs["days_left"]) == ("2026-03-01", -1)
    await walk.refused(PRIVACY, "report-breach", "breach_open", **report)
    told: dict[str, Any] = {"organ": "迪庆州互联网信息办公室", "told_on": "2026-03-02", "contact": "0887-8220000"}
    await walk.do(PRIVACY, "tell-breach", **WORDS, **told, own_measures="留意陌生来电")
    kinds = [paper["kind"] for paper in await walk.read("xgll.director", "papers")]
    parties = await walk.read("xgll.director", "parties")
    assert kinds.count("breach_notice") == len(parties)
    await walk.refused(PRIVACY, "tell-breach", "no_breach", **WORDS, **told, own_measures="留意陌生来电")
