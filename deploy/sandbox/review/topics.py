"""The offices' own topics against what notifications says that it put there: notice by notice."""

from collections import defaultdict

from deploy.reading import whole
from deploy.sandbox.doors import Doors
from deploy.sandbox.prefecture import COUNTIES, MIRRORED
from deploy.sandbox.review.log import Check, Log, kind_of
from deploy.sandbox.review.tieout import digest

AGENCIES = ("cl", "xczx", "mz", "rs", "yb", "wj", "cgw", "zf", "cz", "zj", "jt")


async def topic_checks(doors: Doors, log: Log) -> list[Check]:
    """Every office's topic holds exactly its notices, each once, and none of another county."""
    queued = {event["stream_id"]: event["data"] for event in log if kind_of(event) == "NoticeQueued"}
    owed: defaultdict[str, set[str]] = defaultdict(set)
    for event in log:
        if kind_of(event) == "NoticeSent" and event["data"]["channel"] == "TOPIC":
            owed[f"{queued[event['stream_id']]['agency']}:{queued[event['stream_id']]['division']}"].add(event["stream_id"])
    got, foreign = await _read(doors)
    return [
        *(
            (f"{office}: notices on its topic, by id", digest(owed[office]), digest(set(got[office])))
            for office in sorted({*owed, *got})
        ),
        ("notices twice on a topic", 0, sum(len(ids) - len(set(ids)) for ids in got.values())),
        ("notices on a foreign office's topic", 0, foreign),
    ]


async def _read(doors: Doors) -> tuple[defaultdict[str, list[str]], int]:
    """The ids that stand on each office's topic, and how many are of another division; read to the ends that the topics have now."""
    got, foreign, prefix = defaultdict[str, list[str]](list), 0, doors.processes.prefix
    topics = [f"{prefix}agency.{a}.{d}.notices.v1" for a in AGENCIES for d in (*COUNTIES, MIRRORED, "5334")]
    async for message in whole(doors.processes.urls.kafka, *topics):
        _, agency, division, *_ = message.topic.removeprefix(prefix).split(".")
        got[f"{agency.upper()}:{division}"].append(message.key.decode())
        foreign += not dict(message.headers)["ce_division"].decode().startswith(division)
    return got, foreign
