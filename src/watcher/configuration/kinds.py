"""The keys of one kind alone: validated by the kind's own Config, found by name and never imported here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from watcher import notifiers, sources
from watcher.configuration.environment import read_secret_files
from watcher.configuration.files import File
from watcher.configuration.models import SourceKeys
from watcher.configuration.problems import advice, secret_keys, validate
from watcher.configuration.yaml import Path
from watcher.units import quoted

_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
WEB_SCHEMES = ("http", "https")


def source_kind(file: File, path: Path, name: str) -> ModuleType | None:
    """Find the module of a kind of source, or note that there is none."""
    return _kind(file, (*path, "kind"), name, sources.load_kind, sources.kinds())


def notifier_kind(file: File, path: Path, name: str) -> ModuleType | None:
    """Find the settings of a notifier, or note that there is no such one."""
    return _kind(file, path, name, notifiers.load_settings, notifiers.kinds())


def _kind(file: File, path: Path, name: str, load: Callable[[str], ModuleType], known: Collection[str]) -> ModuleType | None:
    try:
        if not _MODULE.fullmatch(name):
            raise LookupError(name)
        module = load(name)
        if isinstance(getattr(module, "Config", None), type):
            return module
        what, instead = f"в модуле {quoted(name)} нет Config", "это не вид источника и не способ сообщать"
    except LookupError:
        what, instead = f"неизвестный вид {quoted(name)}", advice(name, known, many=50)
        if "." in name:
            what, instead = f"не найден модуль {quoted(name)}", "проверьте имя и то, что модуль установлен"
    file.tree.problems.append(file.tree.problem(path, what, instead))
    return None


def source_config(file: File, path: Path, item: dict[str, Any], module: ModuleType) -> tuple[SourceKeys | None, Any]:
    """Validate a source: the keys of every source, and those of its kind. An unknown key is one that neither knows."""
    known = set(SourceKeys.model_fields) | set(module.Config.model_fields)
    for key in [key for key in item if key not in known and not _names_secret(key, module.Config)]:
        file.tree.problems.append(file.tree.problem((*path, key), f"неизвестный ключ {quoted(key)}", advice(key, known, many=0)))
        del item[key]
    common = {key: value for key, value in item.items() if key in SourceKeys.model_fields}
    keys = validate(SourceKeys, common, file.tree, path, file.outside)
    own = {key: value for key, value in item.items() if key not in SourceKeys.model_fields or key in module.Config.model_fields}
    config = kind_config(file, path, own, module.Config)
    if keys is not None and not _address_fits(file, path, keys, getattr(module, "SCHEMES", WEB_SCHEMES)):
        return None, config
    return keys, config


def kind_config(file: File, path: Path, item: dict[str, Any], model: type[BaseModel], lacking: Collection[Any] = ()) -> Any:
    """Validate the keys of a kind, saying nothing of those that are `lacking`; files that it names are made absolute."""
    folder = file.path.parent
    secrets = [key for key in secret_keys(model) if f"{key}_file" not in model.model_fields]
    read_secret_files(file.tree, path, item, secrets, folder, file.outside)
    lacking = {*lacking, *(at[-1] for at in file.outside.empty if at[:-1] == path)}
    for key, value in item.items():
        if key.endswith("_file") and key in model.model_fields and isinstance(value, str) and value:
            item[key] = existing(file, (*path, key), value)
    return validate(model, item, file.tree, path, file.outside, lacking)


def existing(file: File, path: Path, name: str) -> str:
    """Make the name of a file absolute, and note it where there is none."""
    found = (file.path.parent / name).resolve()
    if not found.is_file():
        file.tree.problems.append(file.tree.problem(path, f"нет файла {quoted(name)}", "путь — от папки этого файла настроек"))
    return str(found)


def _names_secret(key: str, model: type[BaseModel]) -> bool:
    return key.endswith("_file") and key.removesuffix("_file") in secret_keys(model)


def _address_fits(file: File, path: Path, keys: SourceKeys, schemes: Collection[str]) -> bool:
    """Check `url` and `mirrors` against the schemes of the kind; a kind without schemes needs no address."""
    fits = True
    if not schemes:
        return True
    instead = f"полный адрес: {'://…, '.join(schemes)}://…"
    if not keys.url:
        file.tree.problems.append(file.tree.problem(path, "нет обязательного ключа url", instead))
        fits = False
    for at, url in (((*path, "url"), keys.url), *(((*path, "mirrors", n), mirror) for n, mirror in enumerate(keys.mirrors))):
        if url and not _is_address(url, schemes):
            shown = "" if at in file.outside.names or "@" in url else f" {quoted(url)}"
            file.tree.problems.append(file.tree.problem(at, f"это не адрес:{shown}" if shown else "это не адрес", instead))
            fits = False
    return fits


def _is_address(url: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and not any(sign.isspace() for sign in url)
