"""The JSON Schema that editors complete and check by: one for all files of the folder.

    python -m watcher.configuration.editor > config/watcher.schema.json

Made from the models, so that it can't say anything else than the loader does; less strict where the loader knows more (names of things).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from watcher import notifiers, sources
from watcher.configuration.models import ProfileKeys, RuleKeys, SourceKeys, SubscriptionKeys, WatcherFile
from watcher.configuration.problems import secret_keys
from watcher.understanding.types import EVENT_TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Written(GenerateJsonSchema):
    """Defaults stand as they are written in YAML (`10m`), titles made of key names are left out."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        written = defaults(model)
        for name, key in made.get("properties", {}).items():
            key.pop("title", None)
            if "default" in key:
                key["default"] = written.get(name)
                if key["default"] is None:
                    del key["default"]
        made.pop("title", None)
        return made


def defaults(model: type[BaseModel]) -> Mapping[str, Any]:
    """Give the defaults of a model's keys as they are written in YAML."""
    return model.model_construct().model_dump(mode="json", warnings=False)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Make the schema of one block: its own `$defs` inside, a `<key>_file` beside every secret."""
    made = model.model_json_schema(schema_generator=_Written)
    properties = made.get("properties", {})
    for key in secret_keys(model):
        properties[f"{key}_file"] = {"type": "string", "description": f"Файл, в котором стоит {key}; путь от папки этого файла"}
        if key in made.get("required", []):
            made["required"].remove(key)
    if made.get("required") == []:
        del made["required"]
    return made


def schema() -> dict[str, Any]:
    """Make the schema of all files of the configuration folder."""
    shared: dict[str, Any] = {}
    top = _with_shared(WatcherFile, shared)
    properties = dict(top["properties"])
    properties["notifiers"] = _notifiers(shared, properties["notifiers"]["description"])
    properties["sources"] = _list(_sources(shared))
    rules = _with_shared(RuleKeys, shared)
    rules["properties"]["events"]["anyOf"] = _one_or_many({"anyOf": [{"enum": _prefixes()}, {"type": "string"}]})
    properties["rules"] = _list(rules)
    properties["subscriptions"] = _list(_with_shared(SubscriptionKeys, shared))
    properties["profiles"] = _list(_with_shared(ProfileKeys, shared))
    return {
        "$schema": DIALECT,
        "title": "watcher",
        "description": "Настройки watcher: watcher.yaml, sources.yaml, rules/*.yaml, subscriptions.yaml",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": dict(sorted(shared.items())),
    }


def _with_shared(model: type[BaseModel], shared: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Make the schema of a block whose own parts are moved to the common `$defs`."""
    made = schema_of(model)
    parts = made.pop("$defs", {})
    text = json.dumps([made, parts], ensure_ascii=False)
    for name in parts:
        text = text.replace(f'"#/$defs/{name}"', f'"#/$defs/{prefix}{name}"')
    made, parts = (dict(one) for one in json.loads(text))
    shared.update({prefix + name: part for name, part in parts.items()})
    return made


def _one_or_many(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [item, {"type": "array", "items": item}]


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": item}


def _prefixes() -> list[str]:
    return sorted({one.rsplit(".", cut)[0] for one in EVENT_TYPES for cut in range(one.count(".") + 1)})


def _notifiers(shared: dict[str, Any], description: str) -> dict[str, Any]:
    kinds = {name: _with_shared(notifiers.load_settings(name).Config, shared, f"{name}.") for name in notifiers.kinds()}
    shared["outside"] = {"type": "string", "pattern": r"\$\{"}
    for kind in kinds.values():
        kind["properties"] = {name: _or_outside(key) for name, key in kind.get("properties", {}).items()}
    return {
        "type": "object",
        "description": description,
        "properties": {name: {"anyOf": [kind, {"type": "null"}]} for name, kind in kinds.items()},
        "patternProperties": {r"\.": {"type": ["object", "null"]}},
        "additionalProperties": False,
    }


def _or_outside(key: dict[str, Any]) -> dict[str, Any]:
    """Let `${NAME}` stand where the key takes no free text."""
    if key.get("type") == "string" and "pattern" not in key and "enum" not in key:
        return key
    said: dict[str, Any] = {name: key.pop(name) for name in ("description", "default") if name in key}
    return {"anyOf": [key, {"$ref": "#/$defs/outside"}], **said}


def _sources(shared: dict[str, Any]) -> dict[str, Any]:
    """Make the schema of a source: the keys of all, and for the kinds that ship those of each; other kinds are not looked into."""
    common = _with_shared(SourceKeys, shared)
    common["properties"]["kind"] = {
        **common["properties"]["kind"],
        "anyOf": [{"enum": sources.kinds()}, {"type": "string", "pattern": r"\."}],
    }
    shipped: dict[str, Any] = {}
    for name in sources.kinds():
        shipped.update(_with_shared(sources.load_kind(name).Config, shared, f"{name}.").get("properties", {}))
    known = {**shipped, **common["properties"]}
    del common["additionalProperties"], common["properties"]
    shipped_kind = {"properties": {"kind": {"enum": sources.kinds()}}}
    return {**common, "properties": known, "if": shipped_kind, "then": {"propertyNames": {"enum": sorted(known)}}}


def text() -> str:
    """Write the schema as the file that ships."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
