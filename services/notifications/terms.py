"""The words that every event of notices uses: doors, urgency, why something was not told. Values only."""

from enum import StrEnum


class Channel(StrEnum):
    """The door by which an office is told."""

    UNKNOWN = "UNKNOWN"
    TOPIC = "TOPIC"  # the office's Kafka topic
    INBOX = "INBOX"  # the HTTP inbox
    WEBHOOK = "WEBHOOK"  # a signed request to the office's own system (Standard Webhooks)
    MAIL = "MAIL"
    SMS = "SMS"
    WECOM = "WECOM"  # 企业微信 group robot
    DINGTALK = "DINGTALK"  # 钉钉 group robot
    DROP = "DROP"  # an encrypted file in an agreed place


class NoticeSeverity(StrEnum):
    """How urgent a notice is."""

    UNKNOWN = "UNKNOWN"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class SuppressionReason(StrEnum):
    """Why a notice was not sent although it was queued."""

    UNKNOWN = "UNKNOWN"
    NO_LONGER_TRUE = "NO_LONGER_TRUE"
    CHANNEL_OFF = "CHANNEL_OFF"


class DisablingReason(StrEnum):
    """Why nothing is sent to a subscription any more until somebody resumes it."""

    UNKNOWN = "UNKNOWN"
    GONE = "GONE"  # the address itself said that it has ended
    LONG_FAILURE = "LONG_FAILURE"  # nothing could be delivered for as long as the policy allows
