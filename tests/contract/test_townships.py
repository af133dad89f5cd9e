"""All services name townships by the rows of one file, and none of them gets a topic."""

from deploy.topics import listed
from services.certificates.policy.load import load_policy as register
from services.domain.divisions import Level, county, level
from services.domain.townships import CodeSystem
from services.notifications.policy.load import load_policy as notifications


def test_notifications_name_the_townships_of_statistical_codes_alone() -> None:
    """Divisions are made of statistical codes; another office's code may mean another township."""
    every, named = register().townships.rows, notifications().places.townships.rows
    assert named == tuple(row for row in every if row.value.code_system is CodeSystem.STATISTICAL)
    assert (len(named), {level(row.id) for row in named}) == (30, {Level.TOWNSHIP})


def test_no_township_has_a_topic_and_every_one_lies_in_a_county_that_has() -> None:
    policy = notifications()
    units, townships = ({row.id for row in table.rows} for table in (policy.units, policy.places.townships))
    assert {county(township) for township in townships} == {unit for unit in units if level(unit) is Level.COUNTY}
    assert not [topic.name for topic in listed() for township in townships if township in topic.name]
