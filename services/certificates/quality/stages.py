"""A certificate's way through the procedure, read as spans: which stage began when, ended when, and how. Pure.

It knows no limit, no period and no place; `tally.py` counts. Marks are what `projection.py` keeps of the events, as short texts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum


class Stage(StrEnum):
    """A stage of the procedure (domain reference, 1.3), from the day it becomes somebody's turn to the day it is done."""

    FORWARD = "FORWARD"  # 乡镇初审
    ACCEPT = "ACCEPT"  # 受理: accepted, returned or turned away
    ORDER = "ORDER"  # 转介
    ASSESS = "ASSESS"  # 评定, at the institution or in a session of the village
    HOME = "HOME"  # 上门评残
    REFUSE = "REFUSE"  # from a conclusion that does not meet the standard until the applicant is refused
    NOTICE = "NOTICE"  # 下发公示单
    POST = "POST"  # 张贴
    TAKE_DOWN = "TAKE_DOWN"  # 撤下, from the last day of the notice
    ANSWER = "ANSWER"  # 答复公示异议
    REVIEW = "REVIEW"  # 审核发证, from the end of the notice
    DISPUTE = "DISPUTE"  # 处理评定异议
    CONCLUDE = "CONCLUDE"  # from the conclusion of a re-assessment to what follows from it
    TOTAL = "TOTAL"  # from the application (or the dispute that opened it anew) to the card or the refusal


class What(StrEnum):
    """What a mark says happened; one per kind of event that the procedure knows."""

    APPLIED = "APPLIED"
    FORWARDED = "FORWARDED"
    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"  # what was missing
    WITHDRAWN = "WITHDRAWN"
    REFUSED = "REFUSED"  # why
    ORDERED = "ORDERED"  # institution, setting, until when
    MISSED = "MISSED"  # why
    CONCLUDED = "CONCLUDED"  # the conclusion
    NOTICE_ORDERED = "NOTICE_ORDERED"
    NOTICE_POSTED = "NOTICE_POSTED"  # its last day
    NOTICE_CLOSED = "NOTICE_CLOSED"  # objections
    OBJECTED = "OBJECTED"  # which
    ANSWERED = "ANSWERED"  # which, how
    DISPUTED = "DISPUTED"  # level
    DECIDED = "DECIDED"  # level, how
    ISSUED = "ISSUED"
    RECORDED = "RECORDED"  # the roster's card, as a conclusion
    REVIEWED = "REVIEWED"
    REVIEW_CLOSED = "REVIEW_CLOSED"
    REGRADED = "REGRADED"
    RENEWED = "RENEWED"
    CANCELLED = "CANCELLED"
    MOVED = "MOVED"


UPHELD, REJECTED, DROPPED, NOT_MET = "UPHELD", "REJECTED", "DROPPED", "NOT_MET"


@dataclass(frozen=True, slots=True)
class Mark:
    """One event of the procedure: the day, what happened, and its codes."""

    on: date
    what: What
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.on.isoformat(), self.what, *self.codes))

    @staticmethod
    def read(text: str) -> "Mark":
        """The mark that was kept as this text."""
        on, what, *codes = text.split(" ")
        return Mark(date.fromisoformat(on), What(what), tuple(codes))


@dataclass(frozen=True, slots=True)
class Span:
    """One stage: `ended` None while it waits. `outcome`: how it ended, DROPPED when it was not needed any more.

    `institution`: the one ordered, for a dispute the one whose conclusion is disputed; `due_on`: the day set in the order;
    `about`: a dispute's level.
    """

    stage: Stage
    began: date
    ended: date | None = None
    outcome: str = ""
    institution: str = ""
    due_on: date | None = None
    about: str = ""


class Change(StrEnum):
    """What a re-assessment made of the conclusion before it."""

    SAME = "SAME"
    REGRADED = "REGRADED"  # other category, grade or constituents
    NO_LONGER_MET = "NO_LONGER_MET"
    NOW_MET = "NOW_MET"


@dataclass(frozen=True, slots=True)
class Reassessment:
    """A conclusion that came after another; `institution`: whose conclusion stood before ("" when a roster gave it)."""

    on: date
    institution: str
    change: Change


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that was read from the marks of one course."""

    marks: tuple[Mark, ...]
    spans: tuple[Span, ...]
    reassessments: tuple[Reassessment, ...]

    @property
    def waits(self) -> bool:
        """Whether anything is still to be done."""
        return any(span.ended is None for span in self.spans)


_ENDS: dict[What, tuple[Stage, ...]] = {
    What.FORWARDED: (Stage.FORWARD,),
    What.ACCEPTED: (Stage.ACCEPT,),
    What.RETURNED: (Stage.ACCEPT,),
    What.REFUSED: (Stage.ACCEPT, Stage.REFUSE, Stage.REVIEW, Stage.TOTAL),
    What.ORDERED: (Stage.ORDER,),
    What.CONCLUDED: (Stage.ASSESS, Stage.HOME),
    What.NOTICE_ORDERED: (Stage.NOTICE,),
    What.NOTICE_POSTED: (Stage.POST,),
    What.NOTICE_CLOSED: (Stage.TAKE_DOWN,),
    What.ISSUED: (Stage.REVIEW, Stage.TOTAL),
    What.RECORDED: (Stage.REVIEW, Stage.CONCLUDE, Stage.TOTAL),
    **dict.fromkeys((What.REVIEW_CLOSED, What.REGRADED, What.RENEWED, What.CANCELLED), (Stage.CONCLUDE,)),
}
_ALL = tuple(Stage)
_DROPS: dict[What, tuple[Stage, ...]] = {
    What.ACCEPTED: (Stage.FORWARD,),
    What.RETURNED: (Stage.FORWARD,),
    What.ORDERED: (Stage.REVIEW,),
    What.NOTICE_ORDERED: (Stage.REVIEW,),
    What.REVIEW_CLOSED: (Stage.ORDER, Stage.ASSESS, Stage.HOME),
    **dict.fromkeys((What.WITHDRAWN, What.REFUSED, What.ISSUED, What.RECORDED), _ALL),
    **dict.fromkeys((What.REGRADED, What.RENEWED, What.CANCELLED, What.MOVED), _ALL),
}
_BEGINS: dict[What, tuple[Stage, ...]] = {
    What.APPLIED: (Stage.FORWARD, Stage.ACCEPT, Stage.TOTAL),
    What.ACCEPTED: (Stage.ORDER,),
    What.NOTICE_ORDERED: (Stage.POST,),
    What.REVIEWED: (Stage.ORDER,),
}
_SETTLES = {What.REVIEW_CLOSED: Change.SAME, What.RENEWED: Change.SAME, What.REGRADED: Change.REGRADED}


@dataclass(slots=True)
class _Reading:
    """What is known after some marks. `earlier`: conclusion and institution that a new one is compared with; `unsettled`: the day of a
    conclusion whose predecessor only the roster knows; `left`, `upheld`: objections to the notice."""

    review: bool
    waiting: dict[tuple[Stage, str], Span] = field(default_factory=dict)
    ended: list[Span] = field(default_factory=list)
    found: list[Reassessment] = field(default_factory=list)
    institution: str = ""
    earlier: tuple[str, str] | None = None
    unsettled: date | None = None
    refused: bool = False
    posted: bool = False
    left: int = 0
    upheld: bool = False

    def begin(self, stage: Stage, on: date, key: str = "", **more: object) -> None:
        self.waiting.setdefault((stage, key), Span(stage, on, **more))  # type: ignore[arg-type]

    def end(self, stages: Iterable[Stage], on: date, outcome: str, key: str = "") -> None:
        for stage in stages:
            if span := self.waiting.pop((stage, key), None):
                self.ended.append(replace(span, ended=on, outcome=outcome))

    def drop(self, stages: Sequence[Stage], on: date) -> None:
        for stage, key in [place for place in self.waiting if place[0] in stages]:
            self.end((stage,), on, DROPPED, key)

    def take(self, mark: Mark) -> None:
        """Read the next mark: what it ends, what it makes unneeded, what it begins."""
        self.end(_ENDS.get(mark.what, ()), mark.on, mark.what)
        self.drop(_DROPS.get(mark.what, ()), mark.on)
        for stage in _BEGINS.get(mark.what, ()):
            self.begin(stage, mark.on)
        if self.unsettled and mark.what in _SETTLES:
            self.found.append(Reassessment(self.unsettled, "", _SETTLES[mark.what]))
            self.unsettled = None
        _assessing(self, mark)
        _publicising(self, mark)


def _assessing(reading: _Reading, mark: Mark) -> None:
    match mark.what, mark.codes:
        case What.APPLIED, _:
            reading.review = False
        case What.REVIEWED, _:
            reading.review = True
        case What.ORDERED, (institution, setting, due_on):
            reading.institution, reading.refused = institution, False
            stage = Stage.HOME if setting == "HOME" else Stage.ASSESS
            due = date.fromisoformat(due_on) if due_on != "-" else None
            reading.begin(stage, mark.on, institution=institution, due_on=due)
        case What.CONCLUDED, (conclusion,):
            _concluded(reading, mark.on, conclusion)
            reading.begin(_after(reading, conclusion), mark.on)
        case What.RECORDED, (conclusion,):
            reading.earlier = (conclusion, "")
        case What.REFUSED, _:
            reading.refused = True
        case What.DISPUTED, (level,):
            reading.begin(Stage.DISPUTE, mark.on, institution=reading.institution, about=level)
        case What.DECIDED, (_, how):
            reading.end((Stage.DISPUTE,), mark.on, how)
            if how == UPHELD and reading.refused:  # the application runs anew
                reading.begin(Stage.ORDER, mark.on)
                reading.begin(Stage.TOTAL, mark.on)


def _after(reading: _Reading, conclusion: str) -> Stage:
    """What a conclusion begins: the end of a review, a refusal, or the public notice."""
    if reading.review:
        return Stage.CONCLUDE
    return Stage.REFUSE if conclusion == NOT_MET else Stage.NOTICE


def _concluded(reading: _Reading, on: date, conclusion: str) -> None:
    earlier, reading.earlier = reading.earlier, (conclusion, reading.institution)
    if earlier is not None:
        reading.found.append(Reassessment(on, earlier[1], _change(earlier[0], conclusion)))
    elif reading.review and conclusion == NOT_MET:
        reading.found.append(Reassessment(on, "", Change.NO_LONGER_MET))
    elif reading.review:
        reading.unsettled = on


def _change(earlier: str, conclusion: str) -> Change:
    if earlier == conclusion:
        return Change.SAME
    if NOT_MET in (earlier, conclusion):
        return Change.NO_LONGER_MET if conclusion == NOT_MET else Change.NOW_MET
    return Change.REGRADED


def _publicising(reading: _Reading, mark: Mark) -> None:
    """The review begins when nothing stands against the notice: it is down, every objection answered, none upheld."""
    match mark.what, mark.codes:
        case What.NOTICE_POSTED, (ends_on,):
            reading.posted, reading.left, reading.upheld = True, 0, False
            reading.begin(Stage.TAKE_DOWN, date.fromisoformat(ends_on))
        case What.NOTICE_CLOSED, (objections,):
            reading.posted, reading.left = False, int(objections)
            if not reading.left and not reading.upheld:
                reading.begin(Stage.REVIEW, mark.on)
        case What.OBJECTED, (which,):
            reading.left += not reading.posted
            reading.begin(Stage.ANSWER, mark.on, which)
        case What.ANSWERED, (which, how):
            reading.end((Stage.ANSWER,), mark.on, how, which)
            reading.upheld |= how == UPHELD
            reading.left -= not reading.posted
            if not (reading.posted or reading.upheld or reading.left):
                reading.begin(Stage.REVIEW, mark.on)


def read(texts: Sequence[str]) -> Course:
    """The course that these marks, in order, tell. A course that does not begin with an application is a review of an issued card."""
    marks, reading = tuple(map(Mark.read, texts)), _Reading(review=True)
    for mark in marks:
        reading.take(mark)
    return Course(marks, (*reading.ended, *reading.waiting.values()), tuple(reading.found))
