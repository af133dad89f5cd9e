"""Where offices reach us from outside (SHOUWANG_SITE), and the link by which they take note of a notice there.

Without the setting no letter carries a link. Who gets one is not decided here (`subscription/letter_forms.py`).
"""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.notifications.channels.address_guard import callable_url
from services.notifications.notice.ack_link import Linked, Links


def _base(url: str) -> str:
    if url and (not callable_url(url) or "?" in url):
        raise ValueError("SHOUWANG_SITE must be an https:// URL without credentials and query")
    return url.rstrip("/")


class SiteSettings(BaseSettings):
    """`site`: the public base URL of this service, as offices outside write it; http only on this machine. Empty: none."""

    model_config = SettingsConfigDict(env_prefix="SHOUWANG_", extra="ignore")

    site: Annotated[str, AfterValidator(_base)] = ""


class NoteLinks:
    """Makes the links of one claim's letters. Raises ValidationError for a setting that cannot be a base URL."""

    def __init__(self, runtime: Runtime) -> None:
        self._site, self._runtime = SiteSettings().site, runtime
        self._links = Links(runtime.settings.site_key.get_secret_value())

    def of(self, linked: Linked, since: datetime) -> str | None:
        """The link, good from `since` for as many days as the policy says: the same for every attempt of a delivery made then."""
        if not self._site:
            return None
        days = self._runtime.service.policy.links.one("acknowledge", today(self._runtime.clock)).days
        return f"{self._site}/a/{self._links.give(linked, int(since.timestamp()) + days * 86_400)}"
