"""From a folder to Settings, or to every problem there is.

find files → put the environment in → validate block by block → make the nouns → check what names what → Settings | ConfigError
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from watcher.configuration import checks, convert
from watcher.configuration.environment import read_secret_files
from watcher.configuration.files import File, Found, find, read_file
from watcher.configuration.gathered import CheckRegion, CheckRule, Gathered
from watcher.configuration.kinds import existing, kind_config, notifier_kind, source_config, source_kind
from watcher.configuration.models import ProfileKeys, RuleKeys, SourceKeys, SubscriptionKeys, WatcherFile
from watcher.configuration.problems import validate
from watcher.configuration.settings import Settings
from watcher.configuration.yaml import Tree
from watcher.errors import ConfigError, Problem
from watcher.model import Rule
from watcher.when import read_calendar


def load(
    folder: Path,
    env: Mapping[str, str],
    *,
    working: Path = Path(),
    check_rule: CheckRule | None = None,
    check_region: CheckRegion | None = None,
    warn_rule: CheckRule | None = None,
) -> Settings:
    """Load the whole configuration. `working` is the folder whose `.env` is read beside that of the parent of `folder`.

    What `check_rule` finds is a problem, what `warn_rule` finds a warning.

    Raises ConfigError with every problem of every file, in order of file and line.
    """
    gathered = Gathered(find(folder, env, working))
    for file in gathered.found.all("watcher"):
        _watcher(gathered, file)
    if not gathered.found.all("watcher"):
        _notifiers(gathered, File(folder / "watcher.yaml", "watcher", Tree("watcher.yaml", data={"notifiers": {"console": {}}})))
    for file in gathered.found.all("sources"):
        _sources(gathered, file)
    for file in gathered.found.all("rules"):
        _rules(gathered, file)
    for file in gathered.found.all("subscriptions"):
        _subscriptions(gathered, file)
    checks.check(gathered, check_rule, check_region)
    if warn_rule is not None:
        checks.warn(gathered, warn_rule)
    problems = gathered.found.in_order()
    if problems:
        raise ConfigError(problems)
    return convert.settings(gathered)


def load_store(folder: Path, env: Mapping[str, str], *, working: Path = Path()) -> str:
    """Load of watcher.yaml alone where the store is: what shows its state must work while anything else is being mended.

    Raises ConfigError with the problems of that file, where it does not say or can't be read.
    """
    gathered = Gathered(find(folder, env, working))
    for file in gathered.found.all("watcher"):
        said = file.tree.data.get("store", gathered.file.store) if isinstance(file.tree.data, dict) and file.tree.data else None
        _watcher(gathered, file)
        problems = [problem for problem in gathered.found.in_order() if problem.file == file.tree.file]
        if problems and isinstance(said, str) and checks.is_store(said):
            return said
        if problems:
            raise ConfigError(problems)
    return gathered.file.store


def load_rules(path: Path, env: Mapping[str, str], *, check_rule: CheckRule, check_region: CheckRegion) -> tuple[Rule, ...]:
    """Load rules alone: those of a configuration folder, of a folder of rule files, or of one file. Raises ConfigError."""
    if path.is_dir() and any((path / name).exists() for name in ("watcher.yaml", "rules", "rules.yaml")):
        return load(path, env, working=path, check_rule=check_rule, check_region=check_region).rules
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise ConfigError([Problem(str(path), 0, 0, "нет такого файла правил или папки с ними", "укажите файл .yaml или папку")])
    found = Found(path.parent, [read_file(file, "rules") for file in files])
    gathered = Gathered(found)
    for file in found.files:
        _rules(gathered, file)
    checks.check(gathered, check_rule, check_region)
    if problems := found.in_order():
        raise ConfigError(problems)
    return tuple(gathered.rules)


# ------------------------------------------------------------------------------------------------- watcher.yaml
def _watcher(gathered: Gathered, file: File) -> None:
    data = file.tree.data
    if isinstance(data.get("web"), dict):
        read_secret_files(file.tree, ("web",), data["web"], ["password"], file.path.parent, file.outside)
    keys = validate(WatcherFile, data, file.tree, (), file.outside)
    if keys is not None:
        paths = checks.check_certificates(file, ("fetch", "extra_ca"), keys.fetch.extra_ca)
        known = tuple(existing(file, ("novelty", "known", number), name) for number, name in enumerate(keys.novelty.known))
        gathered.file = keys.model_copy(
            update={
                "fetch": keys.fetch.model_copy(update={"extra_ca": paths}),
                "novelty": keys.novelty.model_copy(update={"known": known}),
            }
        )
        checks.check_watcher(file, keys)
        if keys.workdays:
            _workdays(gathered, file, existing(file, ("workdays",), keys.workdays))
    if data.get("notifiers") is None:
        data["notifiers"] = {"console": {}}
    _notifiers(gathered, file)


def _workdays(gathered: Gathered, file: File, path: str) -> None:
    try:
        gathered.calendar = read_calendar(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return  # told where the key was checked
    except (OSError, ValueError) as error:
        problem = file.tree.problem(("workdays",), f"workdays: {path}: {error}", "строки вида 2027-01-09 off, 2027-02-20 work")
        file.tree.problems.append(problem)


def _notifiers(gathered: Gathered, file: File) -> None:
    blocks = file.tree.data["notifiers"]
    for name in list(blocks) if isinstance(blocks, dict) else ():
        path = ("notifiers", name)
        module = notifier_kind(file, path, name)
        gathered.notifiers[name] = None
        if module is None:
            continue
        if blocks[name] is None:
            blocks[name] = {}
        wanted = _lacking(file, name, blocks[name], module.Config)
        if wanted is not None:
            gathered.wanted[name] = wanted
            kind_config(file, path, blocks[name], module.Config, lacking=module.Config.model_fields)
        elif isinstance(blocks[name], dict):
            gathered.notifiers[name] = kind_config(file, path, blocks[name], module.Config)
        else:
            validate(module.Config, blocks[name], file.tree, path, file.outside)


def _lacking(file: File, name: str, block: Any, config: Any) -> tuple[str, ...] | None:
    """Name the variables that a notifier can't do without and that came out empty; None when it has all it needs."""
    if not isinstance(block, dict):
        return None
    needed = [key for key, info in config.model_fields.items() if info.is_required()]
    wanted: list[str] = []
    lacks = False
    for key in needed:
        path = ("notifiers", name, key)
        if block.get(key) == "":
            del block[key]
            lacks = True
        elif key not in block and path in file.outside.empty:
            lacks = True
            wanted.extend(file.outside.empty[path])
    return tuple(wanted) if lacks else None


# ------------------------------------------------------------------------------------------------- the other files
def _sources(gathered: Gathered, file: File) -> None:
    for path, item in file.items("sources"):
        if not isinstance(item, dict):
            validate(SourceKeys, item, file.tree, path, file.outside)
            continue
        kind = item.get("kind", "feed")
        module = source_kind(file, path, kind) if isinstance(kind, str) else None
        if module is None:
            if not isinstance(kind, str):
                file.tree.problems.append(file.tree.problem((*path, "kind"), "kind: нужно имя вида", "kind: feed"))
            checks.remember(gathered, "source", item.get("id"), file, path)
            continue
        keys, config = source_config(file, path, item, module)
        checks.remember(gathered, "source", item.get("id"), file, path)
        if keys is not None and config is not None:
            ca = checks.check_certificates(file, (*path, "extra_ca"), keys.extra_ca)
            gathered.sources.append(replace(convert.source(keys, config, gathered.file, ca), file=file.tree.file))


def _rules(gathered: Gathered, file: File) -> None:
    for path, item in file.items("rules"):
        keys = validate(RuleKeys, item, file.tree, path, file.outside)
        checks.remember(gathered, "rule", item.get("id") if isinstance(item, dict) else None, file, path)
        if keys is not None:
            gathered.rules.append(convert.rule(keys))
            checks.check_conditions(file, path, item)


def _subscriptions(gathered: Gathered, file: File) -> None:
    for path, item in file.items("profiles"):
        profile = validate(ProfileKeys, item, file.tree, path, file.outside)
        checks.remember(gathered, "profile", item.get("id") if isinstance(item, dict) else None, file, path)
        if profile is not None:
            gathered.profiles.append(convert.profile(profile))
    for path, item in file.items("subscriptions"):
        lacking = file.outside.empty.get((*path, "address"))
        if lacking and isinstance(item, dict):
            item["address"] = "-"
        keys = validate(SubscriptionKeys, item, file.tree, path, file.outside)
        checks.remember(gathered, "subscription", item.get("id") if isinstance(item, dict) else None, file, path)
        if keys is not None and lacking:
            gathered.waiting.append((convert.subscription(keys, gathered.file), lacking))
        elif keys is not None:
            gathered.subscriptions.append(convert.subscription(keys, gathered.file))
