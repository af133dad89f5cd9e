"""The only module that touches addresses and secrets of subscriptions, and the record of who set them.

Nothing here is logged or raised with content. No endpoint shows an address or a secret again: a new secret is shown once, by whoever made it.
The engine reads them for a letter; each such reading is a row of `delivery`.
"""

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.domain import phones
from services.kernel.errors import Malformed
from services.notifications.channels import mail, settings, webhook
from services.notifications.channels.address_guard import callable_url
from services.notifications.channels.bundle import unfit
from services.notifications.vocabulary import Channel

OVERLAP = timedelta(hours=24)
_ROBOT = re.compile("[a-z0-9][a-z0-9_-]{0,40}")


class Signing(StrEnum):
    """How webhooks are signed: with a shared secret, or with a private key of ours whose public half the receiver gets."""

    HMAC = "HMAC"
    ED25519 = "ED25519"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a letter goes, and with what it is signed or sealed. `repr` shows neither."""

    to: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)


def checked(channel: Channel, to: str, office: str) -> str:
    """The address as it is kept, of a subscription of `office` ("agency:division"). Raises `Malformed` without repeating it."""
    if channel == Channel.WEBHOOK and (not callable_url(to) or webhook.target(to, loopback=True) is None):
        raise Malformed("address_not_a_url", "请填写公网的https地址，不含用户名、密码和空格")
    if channel == Channel.MAIL and not mail.is_address(to):
        raise Malformed("address_not_a_mailbox", "请填写一个邮箱地址，如office@example.cn，不含空格和中文")
    if channel == Channel.SMS:
        return _mobile(to)
    if channel in (Channel.WECOM, Channel.DINGTALK):
        _robot(channel, to, office)
    if channel == Channel.DROP and to != office:
        raise Malformed("address_not_the_office", f"请填写本单位代码 {office}")
    return to


def _robot(channel: Channel, to: str, office: str) -> None:
    """Raises `Malformed` for what is no robot's name, and, where this process knows the robots, for one that would never serve the office."""
    if not _ROBOT.fullmatch(to):
        raise Malformed("address_not_a_robot", "请填写系统中配置的机器人名称，不是它的网址")
    if (known := settings.robots()) is None:
        return
    robot = known.get(to)
    if robot is None or robot.kind != channel.lower() or (robot.offices and office not in robot.offices):
        raise Malformed("robot_not_for_the_office", "系统中没有为本单位配置这个渠道的这个机器人")


def _mobile(to: str) -> str:
    """The mobile number in its one form. Raises `Malformed`."""
    number = phones.normal(to)
    if number is None or not phones.is_mobile(number):
        raise Malformed("address_not_a_mobile", "请填写一个手机号码，固定电话收不到短信")
    return number


def made_or_given(channel: Channel, given: Sequence[str], signing: Signing) -> tuple[tuple[str, ...], str | None]:
    """The keys to keep, and what is shown once. Ours for a webhook, the office's for a drop, none for others. Raises `Malformed`."""
    if channel == Channel.DROP:
        _certificate(given)
        return tuple(given), None
    if given and channel == Channel.WEBHOOK:
        raise Malformed("keys_are_ours", "网络回调的密钥由本系统生成")
    if given:
        raise Malformed("keys_not_wanted", "此渠道不用密钥")
    if channel != Channel.WEBHOOK:
        return (), None
    ours, shown = new_key(signing)
    return (ours,), shown


def _certificate(given: Sequence[str]) -> None:
    """Raises `Malformed` unless the one key given is a certificate that files can be encrypted to today."""
    if len(given) != 1:
        raise Malformed("one_certificate", "请提供本单位的一张证书（PEM）")
    try:
        found = x509.load_pem_x509_certificate(given[0].encode())
    except ValueError:
        raise Malformed("certificate_unreadable", "证书不是可读的 PEM") from None
    if reason := unfit(found, datetime.now(UTC)):
        raise Malformed(reason, "证书须在有效期内，且为 RSA")


def new_key(signing: Signing) -> tuple[str, str]:
    """A fresh webhook key: (what we keep, what the receiver is shown once)."""
    raw = secrets.token_bytes(32)
    if signing == Signing.HMAC:
        secret = "whsec_" + base64.b64encode(raw).decode()
        return secret, secret
    public = Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    return "whsk_" + base64.b64encode(raw).decode(), "whpk_" + base64.b64encode(public).decode()


async def keep(conn: Any, subscription_id: UUID, office: tuple[str, str], to: str, keys: Sequence[str], actor: str) -> None:
    """Store the address of a new subscription of `office` (agency, division)."""
    await conn.execute(
        """INSERT INTO subscription_address (subscription_id, agency, division, address, keys, changed_by)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        subscription_id,
        *office,
        to,
        list(keys),
        actor,
    )
    await _note(conn, subscription_id, "SET", actor)


async def move(conn: Any, subscription_id: UUID, to: str, actor: str) -> None:
    """The subscription has another address; its keys stay."""
    await conn.execute(
        "UPDATE subscription_address SET address = $2, changed_at = now(), changed_by = $3 WHERE subscription_id = $1",
        subscription_id,
        to,
        actor,
    )
    await _note(conn, subscription_id, "ADDRESS", actor)


async def rotate(conn: Any, subscription_id: UUID, keys: Sequence[str], actor: str) -> None:
    """New keys; what is signed in the next day carries the former ones' signature, too."""
    await conn.execute(
        """UPDATE subscription_address SET former_keys = keys, former_until = now() + $3, keys = $2, changed_at = now(), changed_by = $4
           WHERE subscription_id = $1""",
        subscription_id,
        list(keys),
        OVERLAP,
        actor,
    )
    await _note(conn, subscription_id, "KEYS", actor)


async def _note(conn: Any, subscription_id: UUID, what: str, actor: str) -> None:
    await conn.execute(
        "INSERT INTO address_change (subscription_id, what, actor) VALUES ($1, $2, $3)", subscription_id, what, actor
    )


async def of(conn: Any, subscription_ids: Sequence[UUID]) -> dict[UUID, Address]:
    """The addresses of subscriptions, with all keys that are valid now, the current one first."""
    rows = await conn.fetch(
        """SELECT subscription_id, address, CASE WHEN former_until > now() THEN keys || former_keys ELSE keys END AS keys
           FROM subscription_address WHERE subscription_id = ANY($1::uuid[])""",
        list(subscription_ids),
    )
    return {r["subscription_id"]: Address(r["address"], tuple(r["keys"])) for r in rows}
