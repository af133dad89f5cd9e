"""Two services name townships, each by rows of its own: they say the same, with the same days and sources, and none of them gets a topic."""

from deploy.topics import listed
from services.certificates.policy import load_policy as register
from services.certificates.rows import CodeSystem
from services.notifications.policy import load_policy as notifications


def test_the_register_and_notifications_call_townships_the_same() -> None:
    """By statistical codes, which divisions are made of; another office's code may mean another township."""
    townships = (row for row in register().townships.rows if row.value.code_system is CodeSystem.STATISTICAL)
    known = [(row.id, row.since, row.until, row.division, row.source, row.value.name) for row in townships]
    assert len(known) == 30
    assert [(r.id, r.since, r.until, r.division, r.source, r.value.name) for r in notifications().places.rows] == known


def test_no_township_has_a_topic_and_every_one_lies_in_a_county_that_has() -> None:
    policy = notifications()
    units, places = ({row.id for row in table.rows} for table in (policy.units, policy.places))
    assert {place[:6] for place in places} == {unit for unit in units if len(unit) == 6}
    assert not [topic.name for topic in listed() for place in places if place in topic.name]
