"""Behind a proxy with TLS, Piccolo asks where a change comes from: from our own pages, and from nowhere else."""

from urllib.parse import urlsplit

from httpx import ASGITransport, AsyncClient

from foundation import cookies
from foundation.settings import Settings
from tests.admin.seat import FORMS
from tests.door import Door


async def test_a_form_is_taken_from_our_own_pages_only(door: Door, settings: Settings) -> None:
    here = f"https://{urlsplit(settings.public_url).hostname}"
    transport = ASGITransport(app=door.app)  # type: ignore[arg-type]  # narrower ASGI types
    kept = {cookies.SESSION: await door.token("xgll.admin")}
    async with AsyncClient(transport=transport, base_url=here, cookies=kept) as admin:
        await admin.get("/admin/")
        token = {"X-CSRFToken": admin.cookies["csrftoken"]}
        answers = {
            referer: await admin.post(
                f"{FORMS}close-office/", json={"office": "0"}, headers={**token, "Referer": referer}
            )
            for referer in (f"{here}/admin/", "https://elsewhere.example/admin/")
        }
    assert {referer: answer.status_code for referer, answer in answers.items()} == {
        f"{here}/admin/": 422,
        "https://elsewhere.example/admin/": 403,
    }
