"""The reference case in a browser, every row with what must be seen: forms filled, buttons pressed, pages read."""

from tests.browser import conclusion, mediation, reception
from tests.browser.walker import Walker


async def test_the_reference_case_in_a_browser(walk: Walker) -> None:
    for row in (*reception.ROWS, *mediation.ROWS, *conclusion.ROWS):
        await row(walk)
