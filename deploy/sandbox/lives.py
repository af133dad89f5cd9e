"""What else becomes of applications and cards in a year: refusals, home rounds, objections, disputes, losses, regrades, transfers, deaths.

A life is a generator: it does what the day brings, through the doors and as the office whose duty it is, and says in how many days it
acts again. What it did is counted, for the comparison with what comes out.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.sandbox.doors import Doors
from deploy.sandbox.prefecture import Life, Person

NOTICE_DAYS = 20  # more than five working days, whatever holidays lie between
Course = AsyncIterator[int]


@dataclass
class Lives:
    """Plays the lives of a prefecture day by day. `did` counts by the name of the event that must come out."""

    doors: Doors
    did: Counter[str]

    def __post_init__(self) -> None:
        self._waiting: dict[date, list[Course]] = defaultdict(list)
        self._today = date.min
        courses: tuple[Callable[[Life], Course], ...] = (
            self._refused,
            self._home,
            self._objected,
            self._contested,
            self._lost,
            self._regraded,
            self._transferred,
            self._died,
            self._alive,
            self._frozen,
            self._renounced,
        )
        self._courses = {course.__name__.strip("_"): course for course in courses}

    def begin(self, lives: list[Life]) -> None:
        """Put each on the day on which it begins."""
        for life in lives:
            self._waiting[life.begins_on].append(self._courses[life.kind](life))

    async def day(self, day: date) -> None:
        """Let everyone act whose day it is."""
        self._today = day
        for course in self._waiting.pop(day, []):
            if (again := await anext(course, None)) is not None:
                self._waiting[day + timedelta(days=again)].append(course)

    async def _do(self, life: Life, office: str, role: str, step: str, body: Any = None, counts: str = "") -> Any:
        """A step with the certificate, by an office of the life's county unless a division is named."""
        named = office if ":" in office else f"{office}:{life.village if office == 'CUN' else life.village[:6]}"
        made = await self.doors.post(named, role, "certificates", f"/certificates/{life.person.certificate_id}/{step}", body)
        if counts:
            self.did[counts] += 1
        return made

    async def _clerk(self, life: Life, step: str, body: Any = None, counts: str = "") -> Any:
        return await self._do(life, "CL", "clerk", step, body, counts)

    async def applied(self, life: Life) -> None:
        """Registered, with a guardian where one is compulsory, and applied for in the village; the county accepts."""
        await applied(self.doors, life.village, life.person)
        await self._clerk(life, "accept")

    async def _concluded(self, life: Life, grade: int | None) -> None:
        """The institution's conclusion; no grade: the standard is not met."""
        said: dict[str, Any] = {"meets_standard": grade is not None}
        if grade is not None:
            said |= {"category": life.person.category, "grade": grade}
        await self._do(life, "hospital-1", "institution", "assessment", said)

    async def _hung(self, life: Life) -> None:
        await self._clerk(life, "public-notice")
        await self._do(life, "CUN", "liaison", "public-notice/post")

    async def _issued(self, life: Life) -> None:
        await self._do(life, "CUN", "liaison", "public-notice/close")
        await self._clerk(life, "issue", counts="CertificateIssued")

    async def _refused(self, life: Life) -> Course:
        """Six of ten do not meet the standard; some object, to the prefecture and then to the province, whose word is the last."""
        await self.applied(life)
        await self._clerk(life, "order-assessment", {"institution": "hospital-1", "setting": "GROUP"})
        yield 6
        await self._concluded(life, None)
        await self._clerk(life, "refuse", {"reason": "standard_not_met"}, "CertificateApplicationRefused")
        await self._do(life, "CUN", "liaison", "notice-given", {"topic": "CONCLUSION", "language": "TIBETAN", "way": "IN_PERSON"})
        if life.person.number % 2:
            return
        for _ in ("PREFECTURE", "PROVINCE"):
            yield 5
            await self._do(life, "CUN", "liaison", "dispute", counts="AssessmentDisputed")
            yield 12
            await self._do(life, "CL:5334", "prefecture", "dispute/decide", {"upheld": False}, "DisputeDecided")

    async def _home(self, life: Life) -> Course:
        """Cannot travel: assessed at home, in the second round, since nobody was there when the first one came."""
        await self.applied(life)
        await self._clerk(life, "order-assessment", {"institution": "hospital-1", "setting": "HOME"})
        for came in (False, True):
            yield 2
            plan = {
                "division": life.village[:9],
                "on": str(self._today + timedelta(days=6)),
                "institution": "hospital-1",
                "doctor": "doctor-1",
                "quota": 5,
            }
            made = await self.doors.post(f"WJ:{life.village[:6]}", "health", "certificates", "/rounds", plan)
            self.did["HomeRoundPlanned"] += 1
            await self._do(life, "WJ", "health", "schedule-visit", {"round_id": made["id"]}, "HomeAssessmentScheduled")
            yield 6
            if not came:
                await self._do(life, "WJ", "health", "missed-visit", {"reason": "absent"}, "HomeAssessmentMissed")
        await self._concluded(life, 1)
        await self._hung(life)
        yield NOTICE_DAYS
        await self._issued(life)

    async def _objected(self, life: Life) -> Course:
        """Papers are missing at first; then a neighbour objects to the notice, and is answered."""
        await applied(self.doors, life.village, life.person)
        await self._clerk(life, "return", {"missing": "photos"}, "CertificateApplicationReturned")
        yield 4
        await self._do(life, "CUN", "liaison", "resubmit")
        await self._clerk(life, "accept")
        await self._clerk(life, "order-assessment", {"institution": "hospital-1"})
        yield 5
        await self._concluded(life, 3)
        await self._hung(life)
        yield 3
        made = await self._do(life, "CUN", "liaison", "objections", {"said": "不像有残疾"}, "ObjectionRaised")
        yield NOTICE_DAYS
        await self._do(life, "CUN", "liaison", "public-notice/close")
        answer = {"answer": "评定结论由定点机构按国家标准作出", "upheld": False}
        await self._clerk(life, f"objections/{made['objection_id']}/answer", answer, "ObjectionAnswered")
        await self._clerk(life, "issue", counts="CertificateIssued")

    async def _contested(self, life: Life) -> Course:
        """Refused at first; the prefecture finds the objection right, and the second assessment meets the standard."""
        await self.applied(life)
        await self._clerk(life, "order-assessment", {"institution": "hospital-1"})
        yield 3
        await self._concluded(life, None)
        await self._clerk(life, "refuse", {"reason": "standard_not_met"}, "CertificateApplicationRefused")
        yield 4
        await self._do(life, "CUN", "liaison", "dispute", counts="AssessmentDisputed")
        yield 10
        await self._do(life, "CL:5334", "prefecture", "dispute/decide", {"upheld": True}, "DisputeDecided")
        await self._clerk(life, "order-assessment", {"institution": "hospital-1"})
        yield 4
        await self._concluded(life, 4)
        await self._hung(life)
        yield NOTICE_DAYS
        await self._issued(life)

    async def _lost(self, life: Life) -> Course:
        """Lost, reissued with B1; lost again, reissued with B2; then damaged and exchanged."""
        for _ in range(2):
            await self._do(life, "CUN", "liaison", "lost", counts="CertificateReportedLost")
            yield 10
            await self._clerk(life, "reissue", counts="CertificateReissued")
            yield 40
        await self._clerk(life, "replace", {"reason": "DAMAGED"}, "CertificateReplaced")

    async def _regraded(self, life: Life) -> Course:
        """The condition became worse: assessed again, a new card with another grade."""
        await self._clerk(life, "review", {"kind": "REGRADE"}, "ReviewOpened")
        await self._clerk(life, "order-assessment", {"institution": "hospital-1"})
        yield 8
        await self._concluded(life, 1 if life.person.grade > 1 else 2)
        await self._clerk(life, "regrade", counts="CertificateRegraded")

    async def _transferred(self, life: Life) -> Course:
        """The hukou moved to the other county; the card follows."""
        move = {"to_division": life.moves_to}
        person = f"/persons/{life.person.person_id}/move"
        await self.doors.post(f"CL:{life.village[:6]}", "clerk", "certificates", person, move)
        await self._clerk(life, "transfer-out", move, "CertificateTransferredOut")
        yield 5
        await self._do(life, f"CL:{life.moves_to[:6]}", "clerk", "transfer-in", counts="CertificateTransferredIn")

    async def _death(self, life: Life, step: str, body: Any, counts: str) -> None:
        path = f"/persons/{life.person.person_id}/death{step}"
        await self.doors.post(f"CL:{life.village[:6]}", "clerk", "certificates", path, body)
        self.did[counts] += 1

    async def _died(self, life: Life) -> Course:
        """A list says it, which is a lead; a clerk confirms, and the card is cancelled."""
        await self._death(life, "/report", {"source": "cremation_list"}, "PersonDeathReported")
        self.did["CertificateActionProposed"] += 1
        yield 5
        died = {"died_on": str(self._today - timedelta(days=9)), "evidence": "death_certificate"}
        await self._death(life, "", died, "PersonDied")
        self.did["CertificateCancelled"] += 1

    async def _alive(self, life: Life) -> Course:
        """The same, and it was wrong: number, dates and reminders hold again, and civil affairs hears of it the same day."""
        async for days in self._died(life):
            yield days
        yield 15
        await self._death(life, "/correct", {"evidence": "seen_alive"}, "PersonDeathCorrected")
        self.did["CertificateCancellationRevoked"] += 1

    async def _frozen(self, life: Life) -> Course:
        """In doubt: proposed, the holder is told, frozen with evidence, and unfrozen when it is cleared."""
        doubt = {"action": "FREEZE", "reason": "IN_DOUBT"}
        await self._clerk(life, "propose", doubt, "CertificateActionProposed")
        await self._do(life, "CUN", "liaison", "holder-told", {"action": "FREEZE", "way": "IN_PERSON"}, "HolderTold")
        yield 10
        await self._clerk(life, "freeze", {"reason": "IN_DOUBT", "evidence": "letter"}, "CertificateFrozen")
        yield 20
        await self._clerk(life, "unfreeze", counts="CertificateUnfrozen")

    async def _renounced(self, life: Life) -> Course:
        """The holder no longer wants the card, is told what that means, and stays with it."""
        await self._do(life, "CUN", "liaison", "notice-given", {"topic": "DATA_USE", "language": "LISU", "way": "IN_PERSON"})
        yield 3
        await self._clerk(life, "cancel", {"reason": "VOLUNTARY", "evidence": "declaration"}, "CertificateCancelled")


async def applied(doors: Doors, village: str, person: Person) -> None:
    """Register a person at the county's window, and apply in the village."""
    clerk = f"CL:{village[:6]}"
    known = {"citizen_id": person.citizen_id, "name": person.name, "phone": person.phone, "division": village}
    person.person_id = (await doors.post(clerk, "clerk", "certificates", "/persons", known))["id"]
    if person.category in ("INTELLECTUAL", "MENTAL") or person.issued_on.year - int(person.citizen_id[6:10]) <= 18:
        phone = f"1990001{person.number:04d}" if person.number % 2 else None
        guardian = {"name": person.name, "relationship": "parent", "citizen_id": person.citizen_id, "phone": phone}
        await doors.post(clerk, "clerk", "certificates", f"/persons/{person.person_id}/guardian", guardian)
    asked = {"person_id": person.person_id, "division": village, "channel": "VILLAGE"}
    person.certificate_id = (await doors.post(f"CUN:{village}", "liaison", "certificates", "/applications", asked))["id"]
