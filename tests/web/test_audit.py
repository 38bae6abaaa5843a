"""The log's page in words: every code that the program writes has one, in both languages."""

import re
from pathlib import Path

from foundation.language import LANGUAGES, speaking
from server.catalogue import catalogue
from tests.web.conftest import Browser
from web.audit_words import ACTIONS, action_text

ROOT = Path(__file__).parents[2]
WRITTEN = re.compile(r'"((?:account|backup|key|policy|timer):[a-z_]+)"')
"""As the verbs outside the catalogue of acts name what they did."""
CODE = re.compile(r"[a-z_]+:[a-z_.]+")


def written() -> set[str]:
    files = (path for room in ("tenants", "platform", "server") for path in (ROOT / room).rglob("*.py"))
    return {action for path in files for action in WRITTEN.findall(path.read_text(encoding="utf-8"))}


def test_whatever_the_program_writes_into_the_log_has_a_word_in_both_languages() -> None:
    acts = catalogue()
    actions = written() | {str(act.action) for act in acts.acts.values()} | ACTIONS.keys()
    assert {"account:sign_in", "key:rotate", "backup:made", "handover:accept"} <= actions
    for language in LANGUAGES:
        with speaking(language):
            said = {action: action_text(acts, action) for action in actions}
        assert [action for action, text in said.items() if CODE.search(text)] == []
    assert said["handover:accept"] != action_text(acts, "handover:accept"), "English, and Chinese"


def test_no_word_hints_at_a_denunciation() -> None:
    assert "检举" not in action_text(catalogue(), "case:note")


async def test_the_page_says_what_was_done_and_keeps_the_code_beside_it(browser: Browser) -> None:
    await browser.sign_in("diqing.audit")
    own = (await browser.get("/audit")).headers["location"]
    page = (await browser.get(own)).text
    assert re.search(r"登录 <code>account:sign_in</code>", page) and re.search(r"人员 <code>[0-9a-f-]{36}</code>", page)
    browser.speak("en")
    assert re.search(r"Sign in <code>account:sign_in</code>", (await browser.get(own)).text)
