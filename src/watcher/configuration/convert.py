"""From validated keys to the nouns and to Settings: defaults filled in, nothing checked any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from watcher.configuration.gathered import Gathered
from watcher.configuration.models import NO_LIMIT, ProfileKeys, RuleKeys, SourceKeys, SubscriptionKeys, WatcherFile
from watcher.configuration.settings import Settings, SourceSettings
from watcher.model import Digest, Examples, Fallback, Narrowing, Profile, Rule, Subscription
from watcher.sources import Options


def source(keys: SourceKeys, config: Any, file: WatcherFile, extra_ca: tuple[str, ...]) -> SourceSettings:
    """Make a source of its keys, with the defaults of watcher.yaml where it is silent."""
    options = Options(
        url=keys.url,
        language=keys.language or "",
        timezone=keys.timezone or file.timezone,
        timeout=keys.timeout,
        headers=dict(keys.headers),
        proxy=keys.proxy or "",
        extra_ca=extra_ca,
        mirrors=keys.mirrors,
        old_tls=keys.old_tls,
    )
    return SourceSettings(
        id=keys.id,
        title=keys.title or keys.id,
        kind=keys.kind,
        options=options,
        config=config,
        every=file.defaults.every if keys.every is None else keys.every,
        role=keys.role,
        read=keys.read or file.defaults.read,
        first_poll=keys.first_poll or file.defaults.first_poll,
        burst=_burst(keys, file),
        enabled=keys.enabled,
    )


def _burst(keys: SourceKeys, file: WatcherFile) -> tuple[int, timedelta] | None:
    if keys.burst is None:
        return file.defaults.burst
    return None if keys.burst == NO_LIMIT else keys.burst


def rule(keys: RuleKeys) -> Rule:
    """Make a rule of its keys."""
    return Rule(
        id=keys.id,
        title=keys.title or keys.id,
        events=keys.events,
        from_stage=keys.from_stage,
        novelty=keys.novelty,
        certainty=keys.certainty,
        regions=keys.regions,
        federal=keys.federal,
        organisations=keys.organisations,
        acts=keys.acts,
        goods=keys.goods,
        goods_only=keys.goods_only,
        query=keys.query.strip(),
        sources=keys.sources,
        urgent=keys.urgent,
        examples=Examples(keys.examples.match, keys.examples.skip),
    )


def profile(keys: ProfileKeys) -> Profile:
    """Make a profile of its keys."""
    return Profile(keys.id, keys.regions, keys.goods, keys.organisations, keys.clusters, keys.touches, keys.families)


def subscription(keys: SubscriptionKeys, file: WatcherFile) -> Subscription:
    """Make a subscription of its keys, in the zone and language of watcher.yaml where it names none."""
    only = keys.only
    fallback = keys.fallback
    return Subscription(
        id=keys.id,
        notifier=keys.notifier,
        address=keys.address,
        rules=keys.rules,
        instant=keys.when is None,
        digest=Digest(keys.when.digest.at, keys.when.digest.days, keys.when.digest.monthly) if keys.when else None,
        quiet=keys.quiet,
        timezone=keys.timezone or file.timezone,
        language=keys.language or file.language,
        budget=keys.budget,
        only=Narrowing(only.regions, only.goods, only.organisations, only.from_stage),
        profile=keys.profile,
        fallback=Fallback(fallback.notifier, fallback.address, fallback.after) if fallback else None,
    )


def settings(gathered: Gathered) -> Settings:
    """Put together what was gathered without a problem. What a notifier that is off should have told is left out."""
    file = gathered.file
    notifiers = {name: config for name, config in gathered.notifiers.items() if config is not None}
    subscriptions = [one for one in gathered.subscriptions if one.notifier in notifiers]
    return Settings(
        folder=gathered.found.folder.resolve(),
        files=tuple(one.path.resolve() for one in gathered.found.files),
        language=file.language,
        timezone=file.timezone,
        store=file.store,
        sources=tuple(gathered.sources),
        rules=tuple(gathered.rules),
        subscriptions=tuple(
            one if one.fallback is None or one.fallback.notifier in notifiers else replace(one, fallback=None) for one in subscriptions
        ),
        profiles=tuple(gathered.profiles),
        fetch=file.fetch,
        notifiers=notifiers,
        web=file.web,
        retention=file.retention,
        logging=file.logging,
        novelty=file.novelty,
        waiting=_waiting(gathered),
        off=tuple(gathered.wanted),
        wanted=dict(gathered.wanted),
        warnings=gathered.found.told(),
        calendar=gathered.calendar,
        reminders=file.reminders,
    )


def _waiting(gathered: Gathered) -> dict[str, tuple[str, ...]]:
    """What each subscription lacks that is left out: its address, or all that its notifier lacks."""
    lacking = {one.id: (one, variables) for one, variables in gathered.waiting}
    lacking |= {one.id: (one, ()) for one in gathered.subscriptions if one.notifier in gathered.wanted}
    return {id: tuple(dict.fromkeys((*gathered.wanted.get(one.notifier, ()), *own))) for id, (one, own) in lacking.items()}
