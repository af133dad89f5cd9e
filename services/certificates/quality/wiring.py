"""The room of quality and appraisal, wired: how long each stage took, and what was returned, missed or changed."""

from services.certificates.quality import api
from services.certificates.quality.projection import COURSE
from services.kernel.service import Room

ROOM = Room(projections=(COURSE,), routers=(api.router,), scopes=frozenset({"certificates.read", "counts.exact"}))
