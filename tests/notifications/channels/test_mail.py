"""Mail against a real server with TLS and AUTH: every outcome by name, one connection for a burst, nothing personal outside."""

import asyncio
import email.utils
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from deploy.sandbox.providers.authority import Authority
from deploy.sandbox.providers.control import Do, Step
from deploy.sandbox.providers.house import House
from deploy.sandbox.providers.smtp import MailServer
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.mail import MailSender, MailSettings
from services.notifications.channels.settings import Channels

LETTER = Letter("0198c1de-0001", "clerk.wang@example.cn", "【守望】3件待办", "您好：\n.一行以点开头\n请登录查看。")


@asynccontextmanager
async def sender(channels: Channels, **changed: Any) -> AsyncIterator[MailSender]:
    """A sender with these settings changed."""
    assert channels.mail is not None
    made = MailSender(replace(channels.mail, **changed))
    try:
        yield made
    finally:
        await made.close()


async def sent(channels: Channels, letter: Letter = LETTER, **changed: Any) -> Receipt:
    """What becomes of one letter."""
    async with sender(channels, **changed) as mail:
        return await mail.send(letter)


async def test_a_letter_arrives_as_it_was_written(house: House, channels: Channels) -> None:
    assert await sent(channels) == Receipt(Outcome.SENT)
    [message] = house.control.records("mail")
    headers = dict(message["headers"])
    assert (message["to"], message["text"].splitlines()) == (LETTER.to, LETTER.text.splitlines())
    assert (headers["Subject"], headers["From"], headers["To"]) == (LETTER.subject, "notices@example.cn", LETTER.to)
    assert headers["Message-ID"] == "<0198c1de-0001@example.cn>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Content-Type"] == 'text/plain; charset="utf-8"'
    assert email.utils.parsedate_to_datetime(headers["Date"]).tzinfo is not None


@pytest.mark.parametrize(
    ("step", "receipt"),
    [
        (Step(Do.REFUSE), Receipt(Outcome.REFUSED, reason="recipient_refused_550")),
        (Step(Do.REFUSE, "550 5.1.1"), Receipt(Outcome.GONE, reason="mailbox_unknown")),
        (Step(Do.REFUSE, "550 5.7.1"), Receipt(Outcome.LATER, reason="policy_refused")),
        (Step(Do.REFUSE, "552 5.2.2"), Receipt(Outcome.LATER, reason="mailbox_full")),
        (Step(Do.BREAK, "550 5.7.26"), Receipt(Outcome.LATER, reason="policy_refused")),
        (Step(Do.BREAK, "552 5.3.4"), Receipt(Outcome.REFUSED, reason="message_too_long")),
        (Step(Do.REFUSE, "553"), Receipt(Outcome.REFUSED, reason="recipient_refused_553")),
        (Step(Do.REFUSE, "556"), Receipt(Outcome.GONE, reason="takes_no_mail")),
        (Step(Do.LIMIT), Receipt(Outcome.LATER, reason="recipient_refused_451")),
        (Step(Do.BREAK), Receipt(Outcome.REFUSED, reason="message_refused_554")),
        (Step(Do.BREAK, "452"), Receipt(Outcome.LATER, reason="message_refused_452")),
        (Step(Do.BREAK, "299"), Receipt(Outcome.UNKNOWN, reason="answer_not_understood")),
        (Step(Do.HANG_UP), Receipt(Outcome.LATER, reason="connection_failed")),
        (Step(Do.CUT), Receipt(Outcome.UNKNOWN, reason="connection_failed")),
    ],
    ids=lambda value: f"{value.do}-{value.code}" if isinstance(value, Step) else value.outcome,
)
async def test_what_the_server_does_is_told_by_name(house: House, channels: Channels, step: Step, receipt: Receipt) -> None:
    house.control.plan("mail", step)
    async with sender(channels) as mail:
        assert await mail.send(LETTER) == receipt
        assert await mail.send(LETTER) == Receipt(Outcome.SENT)  # and the next letter does not suffer from it


async def test_silence_after_the_content_left_is_unknown(house: House, channels: Channels) -> None:
    house.control.plan("mail", Step(Do.DELAY, seconds=60))
    assert await sent(channels, seconds=2) == Receipt(Outcome.UNKNOWN, reason="timed_out")
    assert [m["reference"] for m in house.control.records("mail")] == ["<0198c1de-0001@example.cn>"]


async def test_what_is_wrong_with_us_or_the_way_is_later_and_no_fault_of_the_letter(
    house: House, channels: Channels, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other")
    assert await sent(channels, password=SecretStr("wrong")) == Receipt(Outcome.LATER, reason="credentials_refused")
    assert await sent(channels, user=None, password=None) == Receipt(Outcome.LATER, reason="not_welcome_530")
    assert await sent(channels, ca_file=other.file) == Receipt(Outcome.LATER, reason="tls_failed")
    assert await sent(channels, port=1) == Receipt(Outcome.LATER, reason="connection_failed")
    assert house.control.records("mail") == []


async def test_a_server_that_says_nothing_is_left_in_time(channels: Channels) -> None:
    met: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(lambda _, writer: met.append(writer), "127.0.0.1", 0) as mute:
        port = mute.sockets[0].getsockname()[1]
        assert await sent(channels, port=port, seconds=0.2) == Receipt(Outcome.LATER, reason="timed_out")
        for writer in met:
            writer.close()
    assert len(met) == 1


async def test_a_letter_that_waited_too_long_behind_another_was_not_tried(house: House, channels: Channels) -> None:
    async with sender(channels, seconds=0.1) as mail, mail.connection:  # as long as another one is on the connection
        assert await mail.send(LETTER) == Receipt(Outcome.NOT_TRIED, reason="connection_busy")
    assert house.control.records("mail") == []


async def test_tls_from_the_first_byte_works_as_well(house: House, channels: Channels) -> None:
    server = MailServer(house.control, house.authority.server(), implicit=True)
    await server.start()
    assert await sent(channels, port=server.port, security="tls") == Receipt(Outcome.SENT)
    await server.stop()


async def test_a_burst_of_many_tasks_goes_over_one_connection_and_none_is_lost(house: House, channels: Channels) -> None:
    letters = [replace(LETTER, reference=f"n-{n}") for n in range(40)]
    async with sender(channels) as mail:
        assert {r.outcome for r in await asyncio.gather(*map(mail.send, letters))} == {Outcome.SENT}
    assert sorted(m["reference"] for m in house.control.records("mail")) == sorted(f"<n-{n}@example.cn>" for n in range(40))
    assert house.mail.connections == 1


async def test_a_connection_that_was_idle_too_long_or_hung_up_is_made_anew(house: House, channels: Channels) -> None:
    async with sender(channels, idle_seconds=0) as mail:
        await mail.send(LETTER)
        assert await mail.send(LETTER) == Receipt(Outcome.SENT)
    assert house.mail.connections == 2
    async with sender(channels) as mail:
        await mail.send(LETTER)
        house.mail.hang_up()
        assert await mail.send(LETTER) == Receipt(Outcome.SENT)
    assert house.mail.connections == 4


async def test_a_cancelled_attempt_leaves_no_half_conversation_behind(house: House, channels: Channels) -> None:
    house.control.plan("mail", Step(Do.DELAY, seconds=60))
    async with sender(channels) as mail:
        attempt = asyncio.create_task(mail.send(LETTER))
        await house.control.met("mail")
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
        assert await mail.send(LETTER) == Receipt(Outcome.SENT)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda letter: replace(letter, subject="a\r\nBcc: b@example.cn"), "header_not_valid"),
        (lambda letter: replace(letter, subject="a\u2028b"), "header_not_valid"),
        (lambda letter: replace(letter, reference="a>\r\nBcc: b@example.cn"), "header_not_valid"),
        (lambda letter: replace(letter, to="a@example.cn, b@example.cn"), "address_not_valid"),
        (lambda letter: replace(letter, to="a@example.cn\r\nRCPT TO:<b@example.cn>"), "address_not_valid"),
        (lambda letter: replace(letter, to="a@例.cn"), "address_not_valid"),
    ],
)
async def test_nothing_gets_into_a_header_or_a_command(
    house: House, channels: Channels, spoil: Callable[[Letter], Letter], reason: str
) -> None:
    assert await sent(channels, spoil(LETTER)) == Receipt(Outcome.REFUSED, reason=reason)
    assert house.control.records("mail") == []


async def test_neither_address_nor_text_nor_password_is_shown(
    house: House, channels: Channels, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    house.control.plan("mail", Step(Do.REFUSE), Step(Do.CUT), Step(Do.ACCEPT))
    shown = [repr(LETTER), repr(channels)]
    with caplog.at_level("DEBUG"):
        async with sender(channels) as mail:
            shown += [repr(await mail.send(LETTER)) for _ in range(3)]
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("mail")]  # the sandbox's server logs under "mail"
    everything = "".join([*shown, *ours, *capsys.readouterr()])
    assert not any(secret in everything for secret in (LETTER.to, "sandbox-mail", "3件待办", "一行以点开头"))


async def test_mail_cannot_be_asked(channels: Channels) -> None:
    async with sender(channels) as mail:
        assert await mail.ask("0198c1de-0001") is None


@pytest.mark.parametrize("wrong", [{"sender": "a b@example.cn"}, {"user": "a"}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"sender|password_file"):
        MailSettings(**{"host": "localhost", "port": 25, "sender": "a@example.cn"} | wrong)  # type: ignore[arg-type]
