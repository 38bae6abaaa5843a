"""The one look-up of persons: registering answers with numbers of the own office's open matters, and no name (N1)."""

from foundation import cookies
from tests.identity import identity_number
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.walking import said
from tests.people import registration

API = "/api/v1"
OTHERS = (("wr_director", "C", "holds"), ("supervisor_p", "P", "oversees"), ("handler", "C", "handler"))


async def test_registering_tells_the_clerk_whom_to_contact_and_names_nobody(ground: Ground) -> None:
    number = identity_number()
    form = await registration(ground.world, persons=1)
    form["petitioners"][0]["id_number"] = number
    told = {}
    for login in ("deqin.intake", "deqin.intake", "weixi.intake"):
        async with ground.bearing(await ground.token(login)) as clerk:
            made = await clerk.post(f"{API}/cases", json=form)
        assert made.status_code == 201 and not found_in(said(made))
        told[made.json()["case"]["registration_no"]] = made.json()["same_matter_pending"]
    first, second, elsewhere = told
    (office,) = told[second]
    assert (told[first], told[elsewhere]) == ([], [office]) and office.startswith("德钦县")
    assert not [word for word in (number, first, second) if word in str(told[second] + told[elsewhere])]
    async with ground.client(cookies={cookies.SESSION: await ground.token("deqin.intake")}) as browser:
        form_page = await browser.get("/cases/new")
        again = await browser.post("/cases/new", data={"_csrf_token": browser.cookies[cookies.CSRF]})
    assert (form_page.status_code, again.status_code) == (200, 422)
    assert not found_in(form_page.text, again.text) and ground.number not in form_page.text


async def test_who_may_not_register_gets_neither_the_form_nor_the_look_up(ground: Ground) -> None:
    form = await registration(ground.world, persons=1)
    for cell in OTHERS:
        one = ground.standing(*cell)
        async with ground.client(cookies={cookies.SESSION: one.token}) as client:
            assert (await client.get("/cases/new")).status_code == 403, one.name
            sent = {"_csrf_token": client.cookies[cookies.CSRF]}
            assert (await client.post("/cases/new", data=sent)).status_code in (403, 422), one.name
        async with ground.of(one) as program:
            assert (await program.post(f"{API}/cases", json=form)).status_code == 403, one.name
