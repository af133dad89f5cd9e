"""Ids made at the edge are ordered by time."""

from services.shell.http.call import uuid7


def test_uuid7_is_version_7_and_grows_with_time() -> None:
    made = [uuid7() for _ in range(100)]
    assert {made_id.version for made_id in made} == {7}
    assert [made_id.int >> 80 for made_id in made] == sorted(made_id.int >> 80 for made_id in made)
