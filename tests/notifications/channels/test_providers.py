"""The sandbox's own promises: one process with all providers, planned from outside, and a subscriber that checks signatures."""

import asyncio
import base64
import hashlib
import hmac
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.sandbox.providers.control import Do, Step
from deploy.sandbox.providers.house import House
from deploy.sandbox.providers.webhook import checked
from services.notifications.channels.letter import Letter, Outcome
from services.notifications.channels.provider_post import trust
from services.notifications.channels.settings import read
from services.notifications.channels.sms import SmsSender

# Example of the Standard Webhooks documents.
SECRET, ID, STAMP = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"
BODY, SIGNATURE = b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_one_process_runs_all_providers_and_is_planned_from_outside(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "deploy.sandbox.providers", "--folder", str(tmp_path))
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    urls = json.loads(await process.stdout.readuntil(b"\n}\n"))
    channels = read(Path(urls["channels"]), Path(urls["secrets"]))
    assert channels.sms is not None
    sms = SmsSender(channels.sms)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust(Path(urls["authority"])))) as session:
        await (await session.post(urls["control"], json={"provider": "sms", "do": "limit", "times": 2})).release()
    letters = [Letter(f"n-{n}", "13800000000", "", "x") for n in range(3)]
    outcomes = [(await sms.send(letter)).outcome for letter in letters]
    await sms.close()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert outcomes == [Outcome.LATER, Outcome.LATER, Outcome.SENT]
    lines = [json.loads(line) for line in Path(urls["record"]).read_text().splitlines()]
    assert [(line["reference"], line["did"]) for line in lines] == [("n-0", "limit"), ("n-1", "limit"), ("n-2", "accept")]


def test_the_subscriber_confirms_the_documents_example_and_nothing_near_it() -> None:
    assert checked(ID, STAMP, BODY, SIGNATURE, [SECRET]) == ["v1"]
    assert checked(ID, STAMP, BODY, f"v1,AAAA {SIGNATURE}", ["whsec_AAAA", SECRET]) == ["v1"]
    for id, stamp, body, signatures in (
        (ID + "x", STAMP, BODY, SIGNATURE),
        (ID, STAMP + "0", BODY, SIGNATURE),
        (ID, STAMP, BODY + b" ", SIGNATURE),
        (ID, STAMP, BODY, SIGNATURE.replace("v1,", "v2,")),
        (ID, STAMP, BODY, ""),
    ):
        assert checked(id, stamp, body, signatures, [SECRET]) == []


async def test_a_subscriber_takes_what_is_signed_once_and_misbehaves_on_demand(house: House) -> None:
    private, body, stamp = Ed25519PrivateKey.generate(), b'{"type":"notice"}', str(int(time.time()))
    secret = b"0" * 32
    content = b".".join((b"m-1", stamp.encode(), body))
    keys = [
        f"whsec_{base64.b64encode(secret).decode()}",
        f"whpk_{base64.b64encode(private.public_key().public_bytes_raw()).decode()}",
    ]
    pair = (
        f"v1,{base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()}",
        f"v1a,{base64.b64encode(private.sign(content)).decode()}",
    )
    house.subscribers.give("ngo", *keys)
    house.control.plan("webhook", Step(), Step(), Step(Do.LIMIT), Step(Do.REFUSE, "410"), Step(Do.BREAK), Step(Do.CUT))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust(house.authority.file))) as session:

        async def post(signature: str, at: str = stamp) -> int:
            headers = {"webhook-id": "m-1", "webhook-timestamp": at, "webhook-signature": signature}
            async with session.post(f"{house.web}/hooks/ngo", data=body, headers=headers) as answer:
                return answer.status

        assert [await post("v1,AAAA"), await post(" ".join(pair), "now"), await post(pair[0]), await post(pair[1])] == [
            401,
            401,
            204,
            204,
        ]
        assert [await post(pair[0]), await post(pair[0]), await post(" ".join(pair))] == [429, 410, 503]
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await post(pair[0])
    met = house.control.records("webhook")
    assert [(m["genuine"], m.get("repeated")) for m in met][:4] == [([], None), ([], None), (["v1"], False), (["v1a"], True)]
    assert met[6]["genuine"] == ["v1", "v1a"]
