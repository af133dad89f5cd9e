"""The blind index as it is published: whom it leads to, and keyed features by which somebody may be meant of whom a list has no usable id."""

from collections.abc import Sequence
from typing import Any

from services.certificates.person import vault
from services.certificates.person.events import PersonIndexState
from services.domain import citizen_id as citizen_ids
from services.domain.likeness.features import of_person
from services.kernel.events import Recorded, topic_of
from services.kernel.store import EventStore, Outgoing


async def published(conn: Any, store: EventStore, site_key: str, because: Sequence[Recorded]) -> None:
    """What the index says of these persons (each event's stream) now, as their rows stand in this transaction."""
    persons = {person.person_id: person for person in await vault.identities(conn, [each.stream_id for each in because])}
    states = []
    for each in because:
        person = persons[each.stream_id]
        index = citizen_ids.blind_index(site_key, person.citizen_id)
        states.append(Outgoing(topic_of(PersonIndexState), str(index), _state(person, site_key), each))
    await store.publish_many(conn, states)


def _state(person: vault.Identity, site_key: str) -> PersonIndexState:
    found = of_person(site_key, person.name, person.citizen_id)
    return PersonIndexState(
        person_id=person.person_id,
        key_id=citizen_ids.key_id(site_key),
        name_feature=found.name,
        sound_features=found.sounds,
        born_feature=found.born,
        sequence_feature=found.sequence,
        male=found.male,
    )
