"""Keys of `notifiers.webhook`."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from watcher.units import Lasting


class Config(BaseModel):
    """Keys of `notifiers.webhook`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(description="Куда посылать; адрес подписки, если он начинается с http, важнее", repr=False)
    secret: SecretStr | None = Field(default=None, description="Ключ подписи HMAC-SHA256 в заголовке Watcher-Signature")
    timeout: Lasting = Field(default=timedelta(seconds=15), description="На весь запрос")

    @field_validator("url")
    @classmethod
    def _url_is_a_web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("нужен адрес http:// или https://")
        return value
