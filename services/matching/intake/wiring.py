"""How files come in, wired: the doors, the loop that reads, and what is kept of files and jobs for how long."""

from services.kernel.service import Room
from services.matching.intake import folder, loop
from services.matching.intake.api import router
from services.matching.intake.retention import FILES, JOBS
from services.matching.roster.api import SEND
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(routers=(router,), loops=(loop.run, folder.run), stale=(FILES, JOBS), scopes=frozenset({READ_FINDINGS, SEND}))
