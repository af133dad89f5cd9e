"""The person's room, wired: who is registered, how he is reached, who may see his name."""

from services.certificates.person.api import contacts, registration, resolve
from services.certificates.person.decider import PERSON
from services.kernel.service import Room

ROOM = Room(
    deciders=(PERSON,),
    routers=(registration.router, resolve.router, contacts.router),
    # Who helps to apply notes how the person wants to be reached: `certificates.apply`.
    scopes=frozenset({"persons.register", "persons.resolve", "persons.reach", "certificates.apply"}),
)
