"""The review as a person reads it: what happened in the year, then what was checked. The whole is in the report."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console

from deploy.sandbox.review.log import Check
from deploy.sandbox.review.reviewing import Review

WIDTH = 24
_CHANNELS = {
    "WEBHOOK": "webhooks",
    "MAIL": "mails",
    "SMS": "texts",
    "VOICE": "calls",
    "WECOM": "group messages (企业微信)",
    "DINGTALK": "group messages (钉钉)",
    "DROP": "sealed files",
}
_LEVELS = ("township", "county", "prefecture")


def printed(review: Review, console: Console) -> None:
    """Print the review; what does not agree is listed in full."""
    _say(console, "\nWhat happened")
    for heading, words in happened(review.figures).items():
        _say(console, f"  {heading:<{WIDTH}}{words}")
    _say(console, "\nWhat was put in, against what came out")
    for section, checks in review.sections.items():
        for line in checked(section, checks):
            _say(console, line)
    total = sum(map(len, review.sections.values()))
    wrong = sum(put != out for checks in review.sections.values() for _, put, out in checks)
    _say(console, f"\n{_differing(wrong, total) if wrong else f'All {total} checks agree'}.")


def checked(section: str, checks: list[Check]) -> Iterator[str]:
    """One line for a section, and one for each of its checks that does not agree."""
    wrong = [(what, put, out) for what, put, out in checks if put != out]
    agreeing = "1 check agrees" if len(checks) == 1 else f"{len(checks)} checks agree"
    yield f"  {section:<{WIDTH}}{_differing(len(wrong), len(checks)) if wrong else agreeing}"
    for what, put, out in wrong:
        yield f"    {what}"
        yield f"      put in:   {put}"
        yield f"      came out: {out}"


def _differing(wrong: int, total: int) -> str:
    return f"{wrong} of {total} checks {'does' if wrong == 1 else 'do'} NOT agree"


def happened(figures: Mapping[str, Any]) -> dict[str, str]:
    """The year in sentences, by heading."""
    types = figures["events by type"]
    return {
        "Certificates": _certificates(figures, types),
        "Expiry": _reminders(figures["reminders by window"], types),
        "Visits": _visits(figures["visits for reminders"], types),
        "Risks and cases": _risks(figures["risks"], types),
        "Measures": _measures(figures["measures"]),
        "Subsidies": _subsidies(figures),
        "Findings": _findings(figures["findings"]),
        "Notices to offices": _notices(figures["what offices did"], types),
        "Escalations": _escalations(figures["escalations"], types),
        "Letters outside": _letters(figures["messages outside by channel"]),
    }


def _certificates(figures: Mapping[str, Any], types: Mapping[str, int]) -> str:
    cards = figures["certificates"]
    return (
        f"{types.get('CertificateApplicationSubmitted', 0)} applications; {cards['issued']} cards issued, {cards['renewed']} renewed, "
        f"{cards['lapsed']} lapsed, {types.get('CertificateApplicationRefused', 0)} refused, {types.get('CertificateCancelled', 0)} "
        f"cancelled; {types.get('CertificateRecorded', 0)} taken over from another county's roster"
    )


def _reminders(windows: Mapping[str, Mapping[str, int]], types: Mapping[str, int]) -> str:
    told = {"by handset": "by_handset", "by a visitor": "by_visitor", "by the holder or guardian": "by_holder"}
    sums = {words: sum(window.get(name, 0) for window in windows.values()) for words, name in told.items()}
    sums["by the holder or guardian"] += sum(window.get("by_guardian", 0) for window in windows.values())
    reached = ", ".join(f"{count} {words}" for words, count in sums.items() if count)
    missed = sum(window.get("missed", 0) for window in windows.values())
    return (
        f"{types.get('ReminderOpened', 0)} reminders; persons were reached {reached or 'by nothing yet'}; {missed} missed, "
        f"{types.get('ReminderStopped', 0)} stopped by a renewal or otherwise"
    )


def _visits(planned: Mapping[str, int], types: Mapping[str, int]) -> str:
    return (
        f"{types.get('VisitRecorded', 0)} rounds to households; {planned['planned']} more to tell of an expiry: {planned['closed']} made "
        f"({planned['told somebody']} told somebody), {planned['missed']} missed, {planned['withdrawn']} no longer needed"
    )


def _risks(risks: Mapping[str, Any], types: Mapping[str, int]) -> str:
    found, opened, refuted = (types.get(name, 0) for name in ("RiskDetected", "CaseOpened", "RiskResolved"))
    days = risks["median days from clue to decision"]
    pace = f"; {days:g} days from clue to decision (median)" if days is not None else ""
    return f"{found} leads: {opened} became cases, {refuted} refuted, {found - opened - refuted} still open{pace}"


def _measures(measures: Mapping[str, int]) -> str:
    return (
        f"{measures['planned']} planned, {measures['overdue']} overdue, {measures['delivered']} delivered; {measures['checked']} checks, "
        f"of which {measures['checks that found nothing']} found nothing and had it delivered again"
    )


def _subsidies(figures: Mapping[str, Any]) -> str:
    paid = figures["subsidies"]
    return f"{paid['paid']} months paid, {paid['yuan']:,.0f} yuan"


def _findings(findings: Mapping[str, Any]) -> str:
    kinds = len(findings["by type"])
    return (
        f"{findings['opened']} of {kinds} types in the agencies' lists: {findings['verified']} verified, {findings['refuted']} refuted, "
        f"{findings['ended']} ended by what arrived"
    )


def _notices(did: Mapping[str, int], types: Mapping[str, int]) -> str:
    return (
        f"{types.get('NoticeQueued', 0):,} told, {did['NoticeAcknowledged']:,} taken note of ({did['by a link in mail']} by a link in a "
        f"mail), {did['NoticeAccepted']} accepted, {did['NoticeActedOn']} acted on, {did['NoticeRejected']} sent back, "
        f"{types.get('NoticeSuppressed', 0)} withdrawn"
    )


def _escalations(reached: Mapping[str, Mapping[str, int]], types: Mapping[str, int]) -> str:
    levels = {level: sum(n["reached"] for office, n in reached.items() if office.endswith(f"@{level}")) for level in _LEVELS}
    where = ", ".join(f"{count} to a {level}" for level, count in levels.items() if count)
    stopped = sum(n["stopped"] for n in reached.values())
    some = f"; notices went on {where}, {stopped} of them have ended" if where else ""
    return f"{types.get('NoticeEscalated', 0)} times nobody took note or acted in time{some}"


def _letters(channels: Mapping[str, Mapping[str, int]]) -> str:
    sums = {channel: sum(ends.values()) for channel, ends in channels.items() if channel in _CHANNELS}
    return ", ".join(f"{count} {_CHANNELS[channel]}" for channel, count in sums.items()) or "none"


def _say(console: Console, text: str) -> None:
    """A line as it is: of no colour, and folded by the terminal alone."""
    console.print(text, soft_wrap=True, markup=False, highlight=False)
