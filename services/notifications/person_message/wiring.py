"""Messages to persons, wired: who is told of a policy, and the loop that asks the register how a holder is reached."""

from services.kernel.service import Reaction, Room
from services.matching.announcement.events import PolicyPassedOn
from services.notifications.person_message import loop
from services.notifications.person_message.decider import TELLING
from services.notifications.person_message.reactions import tell_persons
from services.notifications.retention import TRIES

ROOM = Room(
    deciders=(TELLING,),
    reactions=(Reaction("tell_persons", (PolicyPassedOn,), tell_persons),),
    loops=(loop.run,),
    stale=(TRIES,),
)
