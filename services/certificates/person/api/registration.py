"""Persons: registration, guardian, corrections of identity and details. Names go in here; `resolve.py` lets them out."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Response

from services.certificates.person import index_state, vault
from services.certificates.person.api import known_ids
from services.certificates.person.decider import PERSON, CorrectDetails, CorrectIdentity, NameGuardian, Register, RevertIdentity
from services.certificates.person.events import PersonIndexState
from services.certificates.vocabulary import Detail
from services.domain import citizen_id as citizen_ids
from services.domain import names
from services.domain.codes import Code
from services.kernel.errors import Malformed
from services.kernel.events import Gone, Recorded, topic_of
from services.kernel.store import Outgoing
from services.shell.http.call import Answer, Call, body, command
from services.shell.http.fields import CitizenId, Day, Phone, PhoneOrNone, Village, line, some_line

router = APIRouter()
Name = Annotated[str, some_line(60)]
Address = Annotated[str, line(200)]
_DETAILS = (Detail.NAME, Detail.PHONE, Detail.ADDRESS)
_FIRST_GENERATION = 15


class Sex(StrEnum):
    """性别, as said by the applicant; compared with the citizen id, stored nowhere."""

    MALE = "MALE"
    FEMALE = "FEMALE"


@body
class Nothing:
    """An empty body."""


@body
class NewPerson:
    """A person to register; `division` is the village (twelve digits). `sex` and `born` are compared with the citizen id only."""

    citizen_id: CitizenId
    name: Name
    division: Village
    phone: Phone | None = None
    address: Address | None = None
    sex: Sex | None = None
    born: Day | None = None


@router.post("/persons", status_code=201)
async def register(asked: NewPerson, call: Call = command("persons.register")) -> Response:
    """Register a person; the answer's `id` is the pseudonym that every other service knows.

    `findings` are warnings, never refusals: `id_sex_mismatch`, `id_birth_mismatch`, `name_charset`, `name_with_text` (§8.1, §8.3).
    """
    today = call.context.today
    citizen_id = checked(asked.citizen_id, today)
    born = citizen_ids.birth_date(citizen_id)
    assert born is not None  # `faults` has seen the date
    person = vault.Identity(uuid4(), asked.division, _name(asked.name), citizen_id, asked.phone, asked.address)
    contradictions = citizen_ids.contradictions(citizen_id, None if asked.sex is None else asked.sex is Sex.MALE, asked.born)
    findings = [code.lower() for code in (*contradictions, *names.name_faults(asked.name))]

    async def work(conn: Any) -> Answer:
        runtime, key = call.runtime, call.runtime.settings.site_key.get_secret_value()
        wanted = Register(f"{born:%Y-%m}", person.division)
        done = await runtime.executor.execute(conn, PERSON, person.person_id, wanted, call.context, call.expected_version)
        await vault.register(conn, person, key, today, call.principal.division)
        await index_state.published(conn, runtime.store, key, done[:1])
        return await call.answered(conn, person.person_id, done, 201, findings=findings)

    return await known_ids.told(call, lambda: call.transact(work), "registration")


@body
class Guardian:
    """The guardian (监护人); `relationship` is a code."""

    name: Name
    relationship: Code
    citizen_id: CitizenId
    phone: Phone | None = None


@router.post("/persons/{person_id}/guardian")
async def name_guardian(person_id: UUID, asked: Guardian, call: Call = command("persons.register")) -> Response:
    """Name the guardian; the latest one counts. `findings` as at the registration."""
    citizen_id, name = checked(asked.citizen_id, call.context.today), _name(asked.name)
    findings = [code.lower() for code in names.name_faults(asked.name)]

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        done = await decided(conn, call, person_id, NameGuardian(asked.relationship))
        await vault.name_guardian(conn, person_id, name, asked.relationship, citizen_id, asked.phone)
        return await call.answered(conn, person_id, done, findings=findings)

    return await call.transact(work)


@body
class CitizenIdCorrection:
    """The right citizen id."""

    citizen_id: CitizenId


@router.post("/persons/{person_id}/citizen-id")
async def correct(person_id: UUID, asked: CitizenIdCorrection, call: Call = command("persons.register")) -> Response:
    """Correct a citizen id; the answer's `link_id` takes the correction back."""
    citizen_id, link_id = checked(asked.citizen_id, call.context.today), uuid4()

    async def work(conn: Any) -> Answer:
        key = call.runtime.settings.site_key.get_secret_value()
        await vault.known(conn, person_id, call.principal.division)
        done = await decided(conn, call, person_id, CorrectIdentity(link_id))
        changed = await vault.correct(conn, person_id, link_id, citizen_id, key, call.context.today, call.principal.division)
        await _reindex(conn, call, changed, done[0])
        return await call.answered(conn, person_id, done, link_id=str(link_id))

    return await known_ids.told(call, lambda: call.transact(work), f"correction/{person_id}")


@router.post("/persons/{person_id}/citizen-id/{link_id}/revert")
async def revert(person_id: UUID, link_id: UUID, _: Nothing, call: Call = command("persons.register")) -> Response:
    """Take a correction back: the earlier citizen id holds again."""

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        done = await decided(conn, call, person_id, RevertIdentity(link_id))
        await _reindex(conn, call, await vault.revert(conn, person_id, link_id, call.context.today), done[0])
        return await call.answered(conn, person_id, done)

    return await call.transact(work)


@body
class Details:
    """What was wrong or has changed; what is left out stays. An empty phone or address is removed."""

    name: Name | None = None
    phone: PhoneOrNone | None = None
    address: Address | None = None


@router.post("/persons/{person_id}/details")
async def correct_details(person_id: UUID, asked: Details, call: Call = command("persons.register")) -> Response:
    """更正 name, phone, address (个人信息保护法 art. 46); what stood there before is kept. `findings` as at the registration."""
    link_id = uuid4()

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        [before] = await vault.identities(conn, [person_id])
        after = replace(
            before,
            name=before.name if asked.name is None else _name(asked.name),
            phone=before.phone if asked.phone is None else asked.phone or None,
            address=before.address if asked.address is None else asked.address or None,
        )
        changed = tuple(detail for detail in _DETAILS if getattr(before, detail.lower()) != getattr(after, detail.lower()))
        done = await decided(conn, call, person_id, CorrectDetails(link_id, changed))
        await vault.correct_details(conn, after, link_id, call.context.today)
        if Detail.NAME in changed:
            await index_state.published(conn, call.runtime.store, call.runtime.settings.site_key.get_secret_value(), done[:1])
        findings = [code.lower() for code in names.name_faults(asked.name)] if asked.name and Detail.NAME in changed else []
        return await call.answered(conn, person_id, done, link_id=str(link_id), findings=findings)

    return await call.transact(work)


async def decided(conn: Any, call: Call, person_id: UUID, asked: Any) -> list[Recorded]:
    return await call.runtime.executor.execute(conn, PERSON, person_id, asked, call.context, call.expected_version)


async def _reindex(conn: Any, call: Call, changed: vault.Reindexed, because: Recorded) -> None:
    """Tell who finds persons by their blind index: the old one is gone, the new one is there."""
    gone = Outgoing(topic_of(PersonIndexState), str(changed.old), Gone(PersonIndexState), because)
    await call.runtime.store.publish_many(conn, [gone])
    await index_state.published(conn, call.runtime.store, call.runtime.settings.site_key.get_secret_value(), [because])


def checked(given: str, today: date) -> str:
    """A citizen id in its normal form. Raises `Malformed` with the name of the first hard finding (§8.1)."""
    citizen_id = citizen_ids.normalised(given)
    if wrong := citizen_ids.faults(citizen_id, today):
        raise Malformed(wrong[0].lower(), _what_is_wrong(citizen_id, wrong[0]))
    return citizen_id


def _what_is_wrong(citizen_id: str, fault: str) -> str:
    if fault == "ID_WITH_TEXT":
        return "身份证号前后有其他文字，请只填写号码"
    return "这是15位的第一代身份证号，请使用18位身份证号" if len(citizen_id) == _FIRST_GENERATION else "身份证号不合规"


def _name(given: str) -> str:
    """A name as it is kept. Raises `Malformed("name_missing")` for one of which nothing is left (zero-width characters, dots)."""
    if name := names.displayed_name(given):
        return name
    raise Malformed("name_missing", "请填写姓名")
