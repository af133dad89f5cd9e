"""Nobody learns of another county what he could not learn of nobody: the same status, headers and words, whatever version he expects."""

from collections import defaultdict
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.certificates.service import SERVICE as CERTIFICATES
from services.kernel.service import Service
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from tests.contract.endpoints.oracles import HERE, THERE, answered, askings, settle
from tests.world import World, with_loops

pytestmark = pytest.mark.long

VILLAGE = f"{THERE}101001"
# Whom the deciders let come as far as asking whether something is there; the first of each also says which version it expects.
ASKED: dict[str, tuple[tuple[str, str], ...]] = {
    "certificates": (("CL", THERE), ("CUN", VILLAGE), ("WJ", THERE), ("H01", THERE), ("XZ", f"{THERE}101")),
    "monitoring": (("CL", THERE), ("CUN", VILLAGE), ("XCZX", THERE)),
    "matching": (("MZ", THERE),),
    "notifications": (("CL", THERE), ("CGW", THERE)),
}
# Asked by the prefecture's office alone, to which no county is foreign.
OF_THE_PREFECTURE = defaultdict(list, certificates=["/certificates/{certificate_id}/dispute/decide"])
PERSON = """INSERT INTO person (person_id, division, name, citizen_id, blind_index, key_id, file_number, registered_on)
            VALUES ($1, $2, '测试', $3, $1, 'k', $4, '2026-03-02')"""
VERSIONS = (None, '"1"', '"0"')
CITIZENS = {HERE: "533499198001010013", THERE: "533499199012310024"}


async def test_a_notice_and_a_subscription_are_known_to_the_agency_that_has_them_and_to_no_other_of_its_county(
    place: World,
) -> None:
    runtime = await place.open(with_loops(NOTIFICATIONS), pool_size=4)
    place.set_clock(datetime(2026, 3, 20, 2, tzinfo=UTC))
    own = await settle(runtime, HERE)  # those of the disabled persons' federation (CL)
    session = (await place.client(await place.serve(runtime), "MZ", HERE, *NOTIFICATIONS.roles.keys() - {"operator"})).session
    told_apart = []
    for asking in askings("notifications", own):
        if asking.slot.of not in ("notice", "subscriber"):
            continue
        for version in VERSIONS if asking.method == "post" else (None,):
            known, unknown = [await answered(session, asking, own, about, version) for about in (own[asking.slot.of], str(uuid4()))]
            if known != unknown:
                told_apart.append((asking, version, known, unknown))
    assert told_apart == []


@pytest.mark.parametrize("service", [CERTIFICATES, MONITORING, MATCHING, NOTIFICATIONS], ids=lambda service: service.name)
async def test_what_is_another_countys_and_what_nobody_has_are_answered_alike(place: World, service: Service) -> None:
    runtime = await place.open(with_loops(service), pool_size=4)
    base = await place.serve(runtime)
    place.set_clock(datetime(2026, 3, 20, 2, tzinfo=UTC))
    foreign, own = await settle(runtime, HERE), await settle(runtime, THERE)
    if service is CERTIFICATES:
        for county, known in ((HERE, foreign), (THERE, own)):
            await place.sql("certificates", PERSON, known["person"], f"{county}101001", CITIZENS[county], f"{county}-1")
    told_apart, reached = [], defaultdict(set)
    for number, (agency, division) in enumerate(ASKED[service.name]):
        session = (await place.client(base, agency, division, *service.roles)).session
        for asking in askings(service.name, own):
            for version in VERSIONS if asking.method == "post" and number == 0 else (None,):
                abouts = foreign[asking.slot.of], str(uuid4())
                answers = [await answered(session, asking, own, about, version) for about in abouts]
                reached[asking.method, asking.path, asking.slot].add(answers[0][0])
                if answers[0] != answers[1]:
                    told_apart.append((agency, asking, version, *answers))
    assert told_apart == []
    missed = [path for (_, path, _), statuses in reached.items() if not statuses & {200, 201, 404}]
    assert missed == OF_THE_PREFECTURE[service.name]
