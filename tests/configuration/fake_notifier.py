"""A notifier that exists for the tests of the configuration alone."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from watcher.units import Duration


class Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr = Field(description="A secret it can't do without")
    pin: SecretStr | None = Field(default=None, description="Another secret", min_length=4)
    patience: Duration = Field(default=timedelta(seconds=5), description="How long to wait")
    places: str | list[str] = Field(default="", description="One or many")

    @field_validator("token")
    @classmethod
    def _token_is_long(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 4:
            raise ValueError(f"ключ {value.get_secret_value()} короткий; нужно четыре знака")
        return value
