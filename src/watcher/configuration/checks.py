"""What no single key can tell: ids twice, names of things that are not there, rules that can't match, regions nobody knows.

A fallback or subscription of a notifier that is off is a warning, one of a notifier that stands nowhere a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from ipaddress import ip_address
from pathlib import Path as FilePath
from typing import Any, get_args

from watcher import notifiers
from watcher.configuration.files import File
from watcher.configuration.gathered import CheckRegion, CheckRule, Gathered
from watcher.configuration.kinds import existing
from watcher.configuration.models import RuleKeys, WatcherFile
from watcher.configuration.problems import advice
from watcher.configuration.yaml import Path
from watcher.errors import Problem
from watcher.model import Role, Rule, Subscription
from watcher.rules import QueryError, parse, strangers
from watcher.rules.goods import is_broken_code
from watcher.understanding.types import EVENT_TYPES
from watcher.units import quoted

_STORES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
_PEM = b"-----BEGIN CERTIFICATE-----"
_NOUNS = {"source": "источник", "rule": "правило", "profile": "профиль", "subscription": "подписка"}


def remember(gathered: Gathered, noun: str, id: Any, file: File, path: Path) -> None:
    """Note where a noun stands, and that its id is taken already."""
    if not isinstance(id, str):
        return
    first = gathered.where.get((noun, id))
    if first is None:
        gathered.where[noun, id] = (file, path)
        return
    place = f"{first[0].tree.file}:{first[0].tree.place((*first[1], 'id'))[0]}"
    file.tree.problems.append(file.tree.problem((*path, "id"), f"{_NOUNS[noun]} {quoted(id)} уже есть: {place}", "нужен другой id"))


def check_watcher(file: File, keys: WatcherFile) -> None:
    """Check what watcher.yaml says of the store and of the dashboard."""
    if not is_store(keys.store):
        file.tree.problems.append(
            file.tree.problem(("store",), "store: неизвестный вид базы", "sqlite:///var/watcher.db или postgresql://…")
        )
    web = keys.web
    if web is not None and web.password is None and not _is_loopback(web.listen.rpartition(":")[0].strip("[]")):
        path = ("web", "listen") if ("web", "listen") in file.tree.places else ("web",)
        what = f"web: {quoted(web.listen)} доступен из сети, а пароля нет"
        file.tree.problems.append(file.tree.problem(path, what, "задайте web.password или слушайте 127.0.0.1"))


def is_store(url: str) -> bool:
    """Whether an address is one of a store."""
    return url.startswith(_STORES) and url != "sqlite:///"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_conditions(file: File, path: Path, item: Any) -> None:
    """Check that a rule looks for something; one with keys that nobody knows has its problem already."""
    if not any(item.get(key) for key in ("events", "query")) and set(item) <= set(RuleKeys.model_fields):
        what = f"правило {quoted(item.get('id'))} ничего не ищет"
        file.tree.problems.append(file.tree.problem(path, what, "нужно хотя бы одно: events или query"))


def check(gathered: Gathered, check_rule: CheckRule | None, check_region: CheckRegion | None) -> None:
    """Check everything that names something else."""
    for rule in gathered.rules:
        file, path = gathered.where["rule", rule.id]
        broken = list(_rule(gathered, rule, file, path))
        file.tree.problems.extend(broken)
        if check_rule is not None:
            file.tree.problems.extend(_findings(check_rule, rule, file, path, but_examples=bool(broken)))
    waiting = {one.id for one, _ in gathered.waiting}
    for subscription in gathered.all_subscriptions:
        file, path = gathered.where["subscription", subscription.id]
        file.tree.problems.extend(_subscription(gathered, subscription, file, path, waits=subscription.id in waiting))
    for file, path, text in _goods(gathered):
        what, right = f"это не код: {quoted(text)}", "цифры после имени: ТН ВЭД 3102, ОКПД2 26.51, КТРУ 27.40.25.120-00000001; или слова"
        file.tree.problems.append(file.tree.problem(path, what, right))
    if check_region is not None:
        for file, path, name in _regions(gathered):
            instead = check_region(name)
            if instead is not None:
                file.tree.problems.append(file.tree.problem(path, f"неизвестный регион {quoted(name)}", instead))


def warn(gathered: Gathered, warn_rule: CheckRule) -> None:
    """Add what is found of each rule to the warnings."""
    for rule in gathered.rules:
        file, path = gathered.where["rule", rule.id]
        gathered.found.warnings.extend(_findings(warn_rule, rule, file, path))


# ------------------------------------------------------------------------------------------------- rules
def _rule(gathered: Gathered, rule: Rule, file: File, path: Path) -> Iterator[Problem]:
    tree = file.tree
    for number, name in enumerate(rule.events):
        if not any(one == name or one.startswith(f"{name}.") for one in EVENT_TYPES):
            yield tree.problem((*path, "events", number), f"неизвестный тип событий {quoted(name)}", _nearest_type(name))
    known = {one.id for one in gathered.sources} | {id for noun, id in gathered.where if noun == "source"} | set(get_args(Role))
    for number, name in enumerate(rule.sources):
        if name not in known:
            what = f"правило {quoted(rule.id)} называет источник {quoted(name)}, которого нет"
            gathered.found.warnings.append(tree.problem((*path, "sources", number), what, advice(name, known, many=0)))
    for error in _strangers(rule.query, known) if "source:" in rule.query.casefold() else ():
        line, column = tree.inside((*path, "query"), error.position)
        gathered.found.warnings.append(Problem(tree.file, line, column, f"правило {quoted(rule.id)}: {error.what}", error.instead))


def _strangers(query: str, known: Collection[str]) -> Iterator[QueryError]:
    try:
        yield from strangers(parse(query), known)
    except QueryError:
        return  # told where the rule is checked


def _nearest_type(name: str) -> str:
    prefixes = {one.rsplit(".", cut)[0] for one in EVENT_TYPES for cut in range(one.count(".") + 1)}
    family = name.partition(".")[0]
    if name not in prefixes and family in ("cluster", "quota", "proc") and "." in name:
        near = advice(name, prefixes, many=0)
        return near or f"есть: {', '.join(one for one in EVENT_TYPES if one.startswith(family))}"
    return advice(name, prefixes, many=0) or "семейства: cluster, quota, proc"


def _findings(check_rule: CheckRule, rule: Rule, file: File, path: Path, *, but_examples: bool = False) -> Iterator[Problem]:
    for key, offset, what, instead in check_rule(rule):
        if but_examples and key.startswith("examples."):
            continue  # they follow from what is wrong with the rule itself
        at = (*path, *(int(step) if step.isdigit() else step for step in key.split(".") if step))
        if at not in file.tree.places and offset is not None and at[:-1] in file.tree.scalars:
            at = at[:-1]  # a single text in place of a list
        line, column = file.tree.inside(at, offset) if offset is not None else file.tree.place(at)
        yield Problem(file.tree.file, line, column, f"правило {quoted(rule.id)}: {what}", instead)


# ------------------------------------------------------------------------------------------------- subscriptions
def _subscription(gathered: Gathered, subscription: Subscription, file: File, path: Path, *, waits: bool) -> Iterator[Problem]:
    tree = file.tree
    yield from _notifier(gathered, subscription.notifier, None if waits else subscription.address, file, path)
    if subscription.fallback is not None:
        fallback = subscription.fallback
        yield from _notifier(gathered, fallback.notifier, fallback.address, file, (*path, "fallback"))
    rules = {id for noun, id in gathered.where if noun == "rule"}
    for number, name in enumerate(subscription.rules or ()):
        if name not in rules:
            at = (*path, "rules", number) if (*path, "rules", number) in tree.places else (*path, "rules")
            yield tree.problem(at, f"нет правила {quoted(name)}", advice(name, rules) or "назовите id правила из rules/")
    profiles = {id for noun, id in gathered.where if noun == "profile"}
    if subscription.profile and subscription.profile not in profiles:
        yield tree.problem((*path, "profile"), f"нет профиля {quoted(subscription.profile)}", advice(subscription.profile, profiles))


def _notifier(gathered: Gathered, name: str, address: str | None, file: File, path: Path) -> Iterator[Problem]:
    known: Collection[str] = gathered.notifiers
    at = (*path, "notifier")
    if name not in known and any(one.tree.problems and set(one.tree.data) <= {"notifiers"} for one in gathered.found.all("watcher")):
        return  # the file that would describe it can't be read, and says why
    if name not in known:
        yield file.tree.problem(at, f"нет способа сообщать {quoted(name)}", advice(name, known) or "опишите его в watcher.yaml: notifiers")
        return
    if address is None:
        return  # of a subscription that waits nothing is expected yet
    if name in gathered.wanted:
        needs = ", ".join(gathered.wanted[name])
        what = f"{name} выключен, сюда ничего не уйдёт"
        gathered.found.warnings.append(file.tree.problem(at, what, f"задайте {needs}" if needs else ""))
    instead = _address_fault(name, address)
    if instead:
        shown = "" if (*path, "address") in file.outside.names else f": {quoted(address)}"
        yield file.tree.problem((*path, "address"), f"это не адрес для {name}{shown}", instead)


def _address_fault(name: str, address: str) -> str:
    try:
        module = notifiers.load_settings(name)
    except LookupError:
        return ""  # told where it is configured
    fault: Callable[[str], str] | None = getattr(module, "address_fault", None)
    return fault(address) if fault else ""


def _goods(gathered: Gathered) -> Iterator[tuple[File, Path, str]]:
    """Give what begins as a code and is none: as words it would meet nothing."""
    named: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
    named += [("rule", rule.id, ("goods",), rule.goods) for rule in gathered.rules]
    named += [("profile", profile.id, ("goods",), profile.goods) for profile in gathered.profiles]
    named += [("subscription", one.id, ("only", "goods"), one.only.goods) for one in gathered.all_subscriptions]
    for noun, id, keys, goods in named:
        file, path = gathered.where[noun, id]
        yield from ((file, (*path, *keys, number), text) for number, text in enumerate(goods) if is_broken_code(text))


def check_certificates(file: File, path: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """Make the names of certificate files absolute, and note those that are not there or hold none."""
    found = tuple(existing(file, (*path, number), name) for number, name in enumerate(names))
    for number, name in enumerate(found):
        if FilePath(name).is_file() and _PEM not in FilePath(name).read_bytes():
            what = f"в файле {quoted(names[number])} нет сертификата PEM"
            file.tree.problems.append(file.tree.problem((*path, number), what, "он начинается строкой -----BEGIN CERTIFICATE-----"))
    return found


def _regions(gathered: Gathered) -> Iterator[tuple[File, Path, str]]:
    named: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
    named.extend(("rule", rule.id, ("regions",), rule.regions) for rule in gathered.rules)
    named.extend(("profile", profile.id, ("regions",), profile.regions) for profile in gathered.profiles)
    named.extend(("subscription", one.id, ("only", "regions"), one.only.regions) for one in gathered.all_subscriptions)
    for noun, id, keys, regions in named:
        file, path = gathered.where[noun, id]
        for number, name in enumerate(regions):
            yield file, (*path, *keys, number), name
