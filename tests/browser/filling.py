"""Forms filled as a person fills them: lists and buttons by what they say, texts by typing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.async_api import Locator, Page

Typed = Mapping[str, Any]


async def fill(page: Page, typed: Typed, prefix: str = "") -> None:
    """`typed` by field: texts; the visible words of a choice (or of several); True to tick; rows as mappings."""
    for name, value in typed.items():
        path = prefix + name
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            await _fill_rows(page, path, value)
        else:
            await _fill_one(page, path, value)


async def _fill_rows(page: Page, path: str, rows: Sequence[Typed]) -> None:
    """One press of 增加一项 for every row that is not there yet."""
    fieldset = page.locator(f"fieldset[data-rows]#f-{path}")
    shown = await fieldset.locator(":scope > .card-body > [data-list] > [data-row]").count()
    for _ in rows[shown:]:
        await fieldset.locator(":scope > .card-body > [data-add-row]").click()
    for index, row in enumerate(rows):
        await fill(page, row, f"{path}.{index}.")


async def _fill_one(page: Page, path: str, value: Any) -> None:
    control = page.locator(f'[name="{path}"]')
    kind = await control.first.evaluate("one => one.type")
    if kind == "select-one":
        await _choose(control, value)
    elif kind == "file":
        await control.set_input_files(value)
    elif value is True:
        await control.check()
    elif kind in ("radio", "checkbox"):
        for words in [value] if isinstance(value, str) else value:
            await _choice(page, path, words).click()
    else:
        await control.fill(str(value))


async def _choose(control: Locator, words: str) -> None:
    """The first entry of the list that begins with the words, else that contains them."""
    entries = [entry.strip() for entry in await control.locator("option").all_inner_texts()]
    found = [entry for entry in entries if entry.startswith(words)] or [entry for entry in entries if words in entry]
    assert found, (words, entries)
    await control.select_option(index=entries.index(found[0]))


def _choice(page: Page, path: str, words: str) -> Locator:
    """A tick or radio button by how the words beside it begin."""
    return page.locator(f'label:has([name="{path}"])').filter(has_text=re.compile(rf"^\s*{re.escape(words)}")).first
