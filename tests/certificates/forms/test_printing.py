"""Forms are printed by the office whose they are, the look is recorded, and the page is kept nowhere."""

from uuid import UUID, uuid4

from tests.certificates import office as certificates_office
from tests.certificates.office import page
from tests.world import World


async def test_a_form_is_printed_by_whose_it_is_recorded_and_kept_nowhere(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person(name="测试秘密")
    certificate = await office.application(person)
    receipt, key = f"/certificates/{certificate}/forms/acceptance-receipt", str(uuid4())
    early = await office.clerk.post(receipt, {}, 409)
    assert (early["title"], early["detail"]) == ("form_does_not_fit", "申请尚未受理，不能出具受理回执")
    await office.step(certificate, "accept")
    assert "测试秘密" in await page(office.clerk, receipt, key=key)
    township = await office.client("XZ", "533401204", "township")
    assert "测试秘密" in await page(township, receipt)
    assert (await office.village.post(receipt, {}, 403))["title"] == "not_your_duty"
    health = await office.client("WJ", "533401", "health")
    assert (await health.post(receipt, {}, 403))["title"] == "scope_missing"
    neighbour = await office.client("CL", "533422", "clerk")
    assert (await neighbour.post(receipt, {}, 404))["title"] == "certificate_unknown"
    about = ("CERTIFICATE_SERVICE", "form/acceptance-receipt", person, True)
    assert await office.looks() == [("CL", *about), ("XZ", *about)]
    assert await office.sql("SELECT key FROM idempotency WHERE key = $1", key) == []
    await office.clerk.post(f"/certificates/{certificate}/forms/nonsense", {}, 422)


async def test_the_village_prints_the_notice_it_posts_for_several_at_once(place: World) -> None:
    office = await certificates_office.opened(place)
    cards = []
    for citizen in range(2):
        card = await office.application(await office.person(citizen, name=f"测试{citizen}"))
        await office.step(card, "accept", "order-assessment")
        await office.assessed(card)
        await office.step(card, "public-notice")
        cards.append(card)
    sheet = await page(office.village, "/forms/public-notice", {"certificate_ids": [*cards, cards[0]]})
    assert sheet.count("符合残疾评定标准") == 2
    for hidden in ("测试", "533499", "13800000000", "肢体", "二级", *cards):
        assert hidden not in sheet, hidden
    assert [look[1:3] for look in await office.looks()] == [("CERTIFICATE_SERVICE", "form/public-notice")] * 2
    assert "测**" in await page(office.clerk, f"/certificates/{cards[0]}/forms/public-notice", {"starts_on": "2026-03-09"})
    unknown = {"certificate_ids": [cards[0], str(uuid4())]}
    assert (await office.village.post("/forms/public-notice", unknown, 404))["title"] == "certificate_unknown"
    many = {"certificate_ids": [str(UUID(int=n)) for n in range(51)]}
    assert (await office.village.post("/forms/public-notice", many, 422))["title"] == "too_many_persons"
    await office.clerk.post("/forms/public-notice", {"certificate_ids": [cards[0]], "starts_on": "2026-02-30"}, 422)


async def test_a_form_for_somebody_who_moved_away_is_refused_and_the_look_recorded(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    certificate = await office.application(person)
    await office.step(certificate, "accept")
    prefecture = await office.client("CL", "5334", "clerk")
    await prefecture.post(f"/persons/{person}/move", {"to_division": certificates_office.FOREIGN_VILLAGE})
    refused = await office.clerk.post(f"/certificates/{certificate}/forms/acceptance-receipt", {}, 404)
    assert refused["title"] == "person_unknown"
    assert [look[3:] for look in await office.looks()] == [(person, False)]
