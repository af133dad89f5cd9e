"""The endpoints of subscribers: an office sets up how it is told outside, and sees how that fares. Operators may do it for any office.

Addresses and secrets go in and do not come out; only a new webhook secret is shown, once, to whoever made it: the answer that is kept
for repeats of the request has none.
"""

import asyncio
import json
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.kernel.errors import Forbidden, NotFound
from services.notifications.delivery import queries as delivery_queries
from services.notifications.subscription import addresses, commands, decider, fanout, samples
from services.notifications.subscription import queries as subscription_queries
from services.notifications.subscription.projection import SubscriberRow
from services.notifications.vocabulary import Channel, NoticeSeverity
from services.shell.http.call import Answer, Call, Nothing, Page, body, command, dumped, query, uuid7
from services.shell.http.fields import Agency, Cursor, Limit, Unit, some_line, some_lines

router = APIRouter()
READ, OPERATE = "subscribers.read", "subscribers.operate"
PATIENCE = 20.0
Address = Annotated[str, some_line(2000)]
GivenKeys = Annotated[tuple[Annotated[str, some_lines(8000)], ...], Field(max_length=4)]
EventTypes = Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Za-z]{1,64}$")], ...], Field(max_length=200)]
Divisions = Annotated[tuple[Unit, ...], Field(max_length=200)]
Seq = Annotated[int, Field(strict=True, ge=-(1 << 62), le=1 << 62)]


@body
class Office:
    """An office; none = the caller's own."""

    agency: Agency | None = None
    division: Unit | None = None


@body
class Wish:
    """A new subscription. `address`: a URL, a mail address, a mobile number, a robot's name in the settings, or for drops the office
    itself ("MZ:533421"); `keys`: for drops the office's certificate as PEM. For webhooks we make the key, of the kind `signing`.
    `divisions`: of the subjects, the office's own or ones inside it; none = all that the office is told."""

    channel: Channel
    address: Address
    keys: GivenKeys = ()
    signing: addresses.Signing = addresses.Signing.HMAC
    event_types: EventTypes = ()
    least_severity: NoticeSeverity = NoticeSeverity.LOW
    digest: bool = False
    divisions: Divisions = ()

    @property
    def wanted(self) -> commands.Wanted:
        """What the aggregate knows of it."""
        return commands.Wanted(self.event_types, self.least_severity, self.digest, self.divisions)


@body
class NewWish:
    """What is wanted from now on, and a new address if there is one."""

    event_types: EventTypes = ()
    least_severity: NoticeSeverity = NoticeSeverity.LOW
    digest: bool = False
    divisions: Divisions = ()
    address: Address | None = None


@body
class Back:
    """From which place in the order of publishing everything goes out again."""

    to_seq: Seq


@body
class Keys:
    """New keys: given ones (a renewed certificate), or for a webhook one of ours."""

    keys: GivenKeys = ()
    signing: addresses.Signing = addresses.Signing.HMAC


def _operates(call: Call) -> bool:
    try:
        call.require(OPERATE)
    except Forbidden:
        return False
    return True


def _asked(call: Call, wish: commands.ByOffice) -> commands.Command:
    return commands.Operated(wish) if _operates(call) else wish


async def _do(call: Call, conn: Any, subscriber_id: UUID, wish: commands.ByOffice) -> list[Any]:
    return await call.runtime.executor.execute(
        conn, decider.SUBSCRIBER, subscriber_id, _asked(call, wish), call.context, call.expected_version
    )


def _shown_once(answer: Response, secret: str | None) -> Response:
    """The answer with the new secret, unless it is the answer to a repeat."""
    if secret is None or "Idempotency-Replayed" in answer.headers:
        return answer
    content = json.loads(bytes(answer.body)) | {"secret": secret}
    return Response(dumped(content), answer.status_code, {"content-type": "application/json", "ETag": answer.headers["ETag"]})


@router.post("/subscribers", status_code=201)
async def register(office: Office, call: Call = command(commands.Register.SCOPE)) -> Response:
    """The caller's office, or for an operator the office named, may subscribe from now on."""
    agency, division = office.agency or call.principal.agency, office.division or call.principal.division
    return await call.execute(
        decider.SUBSCRIBER, decider.subscriber_id(agency, division), _asked(call, commands.Register(agency, division)), 201
    )


@router.post("/subscribers/{subscriber_id}/subscriptions", status_code=201)
async def subscribe(subscriber_id: UUID, wish: Wish, call: Call = command(commands.Subscribe.SCOPE)) -> Response:
    """A new subscription, from now on. For a webhook the answer carries the secret (or our public key), this once."""
    subscription_id = uuid7()
    keys, secret = addresses.made_or_given(wish.channel, wish.keys, wish.signing)

    async def work(conn: Any) -> Answer:
        done = await _do(call, conn, subscriber_id, commands.Subscribe(subscription_id, wish.channel, wish.wanted))
        office = (done[0].event.agency, done[0].division)
        address = addresses.checked(wish.channel, wish.address, ":".join(office))
        await addresses.keep(conn, subscription_id, office, address, keys, call.context.actor)
        await fanout.begin(conn, subscription_id)
        return await call.answered(conn, subscriber_id, done, 201, subscription_id=str(subscription_id))

    return _shown_once(await call.transact(work), secret)


@router.post("/subscribers/{subscriber_id}/subscriptions/{subscription_id}/change")
async def change(
    subscriber_id: UUID, subscription_id: UUID, wish: NewWish, call: Call = command(commands.Change.SCOPE)
) -> Response:
    """Something else is wanted, or the address has changed."""

    async def work(conn: Any) -> Answer:
        wanted = commands.Wanted(wish.event_types, wish.least_severity, wish.digest, wish.divisions)
        done = await _do(call, conn, subscriber_id, commands.Change(subscription_id, wanted))
        if wish.address is not None:
            known = await subscription_queries.one(conn, subscription_id)
            address = addresses.checked(Channel(known["channel"]), wish.address, f"{known['agency']}:{known['division']}")
            await addresses.move(conn, subscription_id, address, call.context.actor)
        return await call.answered(conn, subscriber_id, done)

    return await call.transact(work)


@router.post("/subscribers/{subscriber_id}/subscriptions/{subscription_id}/pause")
async def pause(subscriber_id: UUID, subscription_id: UUID, _: Nothing, call: Call = command(commands.Pause.SCOPE)) -> Response:
    """Nothing is taken or sent until it is resumed; what is under way comes to its end."""
    return await call.execute(decider.SUBSCRIBER, subscriber_id, _asked(call, commands.Pause(subscription_id)))


@router.post("/subscribers/{subscriber_id}/subscriptions/{subscription_id}/resume")
async def resume(subscriber_id: UUID, subscription_id: UUID, _: Nothing, call: Call = command(commands.Resume.SCOPE)) -> Response:
    """Go on where it stopped, without loss; also after it was disabled."""

    async def work(conn: Any) -> Answer:
        done = await _do(call, conn, subscriber_id, commands.Resume(subscription_id))
        await fanout.healthy(conn, subscription_id)
        return await call.answered(conn, subscriber_id, done)

    return await call.transact(work)


@router.post("/subscribers/{subscriber_id}/subscriptions/{subscription_id}/rewind")
async def rewind(subscriber_id: UUID, subscription_id: UUID, back: Back, call: Call = command(commands.Rewind.SCOPE)) -> Response:
    """Everything from a place in the order of publishing on goes out again, as new deliveries."""

    async def work(conn: Any) -> Answer:
        first, last = await fanout.ends(conn)
        done = await _do(call, conn, subscriber_id, commands.Rewind(subscription_id, back.to_seq, first, last))
        await fanout.rewind(conn, subscription_id, back.to_seq, done[0].event.generation)
        return await call.answered(conn, subscriber_id, done)

    return await call.transact(work)


@router.post("/subscribers/{subscriber_id}/subscriptions/{subscription_id}/rotate")
async def rotate(subscriber_id: UUID, subscription_id: UUID, asked: Keys, call: Call = command(commands.Touch.SCOPE)) -> Response:
    """New keys; for a day letters carry the former ones' signatures, too. The answer shows a key of ours, this once."""
    secret: str | None = None

    async def work(conn: Any) -> Answer:
        nonlocal secret
        done = await _do(call, conn, subscriber_id, commands.Touch(subscription_id))
        channel = Channel((await subscription_queries.one(conn, subscription_id))["channel"])
        fresh, secret = addresses.made_or_given(channel, asked.keys, asked.signing)
        await addresses.rotate(conn, subscription_id, fresh, call.context.actor)
        return await call.answered(conn, subscriber_id, done)

    return _shown_once(await call.transact(work), secret)


@router.post("/subscribers/{subscriber_id}/subscriptions/{subscription_id}/test")
async def sample(subscriber_id: UUID, subscription_id: UUID, _: Nothing, call: Call = command(commands.Touch.SCOPE)) -> Response:
    """Send a sample through the real door and wait for the receipt; `state` says what became of it, `due` that it is still tried.

    One at a time, and a few a day (`[[sampling]]`).
    """

    async def work(conn: Any) -> Answer:
        done = await _do(call, conn, subscriber_id, commands.Touch(subscription_id))
        subscription = await subscription_queries.one(conn, subscription_id)
        rule = call.runtime.service.policy.sampling.one("subscriptions", call.context.today, subscription["division"])
        await samples.make(conn, call.context.seed, subscription, call.context.correlation_id, rule)
        return await call.answered(conn, subscriber_id, done, delivery_id=str(call.context.seed))

    answer = await call.transact(work)
    content = json.loads(bytes(answer.body))
    found = await _receipt(call, UUID(content["delivery_id"]))
    content |= {"state": found.state, "reason": found.reason, "attempt": found.attempt}
    return Response(dumped(content), answer.status_code, dict(answer.headers) | {"content-length": str(len(dumped(content)))})


async def _receipt(call: Call, delivery_id: UUID) -> subscription_queries.DeliveryRow:
    """The delivery after its first attempt; as it is when that takes too long (no worker runs, or the channel is shut)."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while True:
        async with call.runtime.pool.acquire() as conn:
            found = await subscription_queries.delivery(conn, delivery_id)
        if found is None:
            raise NotFound("delivery_unknown", "没有这次发送")
        waiting = found.state == "sending" or (found.state == "due" and found.attempt == 0)
        if not waiting or asyncio.get_running_loop().time() > end:
            return found
        await asyncio.sleep(0.05)


@router.get("/deliveries/traffic")
async def under_way(call: Call = query(OPERATE)) -> delivery_queries.Traffic:
    """For operators: how much is on its way, by channel, of all offices and persons together."""
    async with call.runtime.pool.acquire() as conn:
        return await delivery_queries.traffic(conn, call.runtime.clock())


@router.get("/subscribers")
async def listed(call: Call = query(READ)) -> Page[SubscriberRow]:
    """The caller's office as a subscriber, and those of its agency below; for operators all inside their division."""
    if not _operates(call):
        return Page(await call.read(subscription_queries.subscribers))
    async with call.runtime.pool.acquire() as conn:
        return Page(await subscription_queries.subscribers(conn, call.principal.division))


@router.get("/subscribers/{subscriber_id}")
async def shown(subscriber_id: UUID, response: Response, call: Call = query(READ)) -> subscription_queries.SubscriberHealth:
    """One office with its subscriptions: how far behind each is, and how the last attempts went. The ETag is its version."""
    if _operates(call):
        async with call.runtime.pool.acquire() as conn:
            found = await subscription_queries.subscriber(conn, subscriber_id, call.principal.division)
        if found is None:
            raise NotFound("not_found", "没有这个单位，或无权查看")
    else:
        found = await call.read(subscription_queries.subscriber, subscriber_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.get("/deliveries")
async def deliveries(
    call: Call = query(READ),
    state: subscription_queries.DeliveryState | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[subscription_queries.DeliveryRow]:
    """What became of the office's deliveries, oldest first; no addresses and no content."""
    return await call.page(subscription_queries.deliveries, state, after=after, limit=limit, place=attrgetter("seq"))
