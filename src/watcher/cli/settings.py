"""check and reload; how every other command gets its settings."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

import click

from watcher import rules
from watcher.cli import Context, failed, report
from watcher.cli.verified import Verified
from watcher.configuration import Settings, load, load_store
from watcher.model import Rule


def now() -> datetime:
    """Give the time, for commands that end at once."""
    return datetime.now(UTC)  # noqa: TID251


def settings(context: Context, *, examples: bool = False) -> Settings:
    """Load the configuration; with `examples` every rule's own are run, unless they held before. Raises ConfigError."""
    if not examples:
        return load(context.config, context.env, check_rule=rules.problems, check_region=rules.known_region)
    verified = Verified(context.env)
    try:
        check_rule = partial(_with_examples, verified)
        return load(context.config, context.env, check_rule=check_rule, check_region=rules.known_region)
    finally:
        verified.keep()


def store_url(context: Context) -> str:
    """Load where the store is, and nothing else. Raises ConfigError."""
    return load_store(context.config, context.env)


def _with_examples(verified: Verified, rule: Rule) -> Iterator[tuple[str, int | None, str, str]]:
    found: list[tuple[str, int | None, str, str]] = []
    if not verified.holds(rule):
        found = list(rules.problems(rule)) or list(_examples(rule))
    if not found:
        verified.remember(rule)
    yield from found


def _examples(rule: Rule) -> Iterator[tuple[str, int | None, str, str]]:
    from watcher.understanding import understand  # the dictionaries take their time

    return rules.check_examples(rule, understand)


def check(context: Context, schema: bool) -> int:
    """Validate everything."""
    if schema:
        from watcher.configuration.editor import schema as make

        click.echo(json.dumps(make(), ensure_ascii=False, indent=2))
        return 0
    found = settings(context, examples=True)
    if found.novelty.known:
        from watcher.dossiers.seeds import known_past

        known_past(found.novelty.known)
    if found.store_begun:
        found = _with_unmet(context, found)
    for warning in found.warnings:
        click.echo(f"предупреждение: {warning}", err=True)
    enabled = sum(source.enabled for source in found.sources)
    said = f"Настройки в порядке: источников {enabled}, правил {len(found.rules)}, подписок {len(found.subscriptions)}."
    counts = {"sources": enabled, "rules": len(found.rules), "subscriptions": len(found.subscriptions)}
    report(context, said, **counts, warnings=[asdict(warning) for warning in found.warnings])
    return 0


def _with_unmet(context: Context, found: Settings) -> Settings:
    """Load anew with a warning at each condition that nothing stored met."""
    from watcher.cli.unmet import unmet  # the store takes its time

    left = unmet(found, now())
    return found if left is None else load(context.config, context.env, warn_rule=left)


def reload(context: Context) -> int:
    """Signal the daemon that holds the store."""
    from watcher.store.holding import holder  # 0.2 s, which `check` need not wait for

    pid = holder(settings(context, examples=True).store)
    if pid is None:
        return failed(context, 1, "Служба не запущена: перечитывать некому.")
    os.kill(pid, signal.SIGHUP)
    report(context, "Служба перечитывает настройки; что вышло — в её журнале и в `watcher status`.", process=pid)
    return 0
