"""A kind of source that exists for the tests of the configuration alone."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    selector: str = Field(default="", description="What to look for")
    depth: int = Field(default=1, ge=1, description="How deep")
    key: SecretStr | None = Field(default=None, description="A secret")
    table_file: str = Field(default="", description="A file that is no secret")
