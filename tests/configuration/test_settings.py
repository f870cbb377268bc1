"""What a good configuration comes to: defaults, overrides, values from outside, paths, the nouns."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from configuration.folders import NOTIFIER, SOURCE, loaded, refused
from watcher.configuration import convert
from watcher.configuration.models import RuleKeys
from watcher.health import ADAPTIVE
from watcher.model import STAGES, Digest, Fallback, Narrowing
from watcher.understanding.types import EVENT_TYPES

PEM = "-----BEGIN CERTIFICATE-----\n"
ONE = f"sources:\n  - {{id: one, kind: {SOURCE}, url: 'https://example.org/feed'"


def test_an_empty_folder_is_a_configuration_with_the_console_on(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {})
    assert settings.sources == settings.rules == settings.subscriptions == settings.profiles == settings.off == settings.files == ()
    assert list(settings.notifiers) == ["console"]
    assert settings.store == "sqlite:///var/watcher.db"
    assert settings.web is not None
    assert settings.web.listen == "127.0.0.1:8787"
    assert settings.folder == tmp_path / "config"


def test_files_that_are_empty_or_hold_only_comments_are_fine(tmp_path: Path) -> None:
    files = {
        "watcher.yaml": "",
        "sources.yaml": "# nothing yet\n",
        "rules/none.yaml": "rules:\n",
        "subscriptions.yaml": "subscriptions: []\n",
    }
    assert loaded(tmp_path, files).rules == ()


def test_a_source_takes_the_defaults_it_does_not_override(tmp_path: Path) -> None:
    watcher = "timezone: Asia/Omsk\ndefaults: {every: 5m, first_poll: send, read: never, burst: off}\n"
    own = "every: 1h, first_poll: learn, read: always, burst: 3/m, timezone: UTC"
    other = f"  - {{id: two, kind: {SOURCE}, url: 'https://example.org/2', {own}}}\n"
    one, two = loaded(tmp_path, {"watcher.yaml": watcher, "sources.yaml": ONE + "}\n" + other}).sources
    assert (one.every, one.first_poll, one.read, one.burst) == (timedelta(minutes=5), "send", "never", None)
    assert (one.title, one.role, one.enabled, one.options.timezone) == ("one", "press", True, "Asia/Omsk")
    assert (two.every, two.first_poll, two.read, two.burst) == (timedelta(hours=1), "learn", "always", (3, timedelta(minutes=1)))
    assert two.options.timezone == "UTC"


def test_a_source_may_be_without_a_limit_while_others_have_one(tmp_path: Path) -> None:
    (one,) = loaded(tmp_path, {"watcher.yaml": "defaults: {burst: 5/m}\n", "sources.yaml": ONE + ", burst: off}\n"}).sources
    assert one.burst is None


def test_options_and_keys_of_the_kind_go_their_own_ways(tmp_path: Path) -> None:
    more = ", headers: {Accept: text/xml}, mirrors: 'https://example.net/', timeout: 3s, selector: h1, depth: 2, enabled: false}\n"
    (one,) = loaded(tmp_path, {"sources.yaml": ONE + more}).sources
    assert (one.options.mirrors, one.options.timeout, one.options.headers) == (
        ("https://example.net/",),
        timedelta(seconds=3),
        {"Accept": "text/xml"},
    )
    assert (one.config.selector, one.config.depth, one.enabled) == ("h1", 2, False)


def test_sources_and_rules_may_stand_in_one_file_or_in_many(tmp_path: Path) -> None:
    files = {
        "sources.yaml": ONE + "}\n",
        "sources/more.yaml": f"sources:\n  - {{id: two, kind: {SOURCE}, url: 'https://example.org/2'}}\n",
        "rules/b.yaml": "rules:\n  - {id: b, query: б}\n",
        "rules/a.yaml": "rules:\n  - {id: a, query: а}\n",
        "rules/.hidden.yaml": "nonsense",
    }
    settings = loaded(tmp_path, files)
    assert [source.id for source in settings.sources] == ["one", "two"]
    assert [rule.id for rule in settings.rules] == ["a", "b"]
    assert [path.name for path in settings.files] == ["sources.yaml", "more.yaml", "a.yaml", "b.yaml"]


def test_a_whole_rule_becomes_the_noun(tmp_path: Path) -> None:
    text = """
rules:
  - id: clusters
    title: Кластеры юга
    events: [cluster.register]
    from_stage: signed
    novelty: [new, conflict]
    certainty: sure
    regions: [СКФО]
    federal: true
    organisations: Минпромторг
    acts: ["ПП РФ 779"]
    goods: ["ОКПД2 26.51"]
    goods_only: true
    query: кластер NOT сервер
    sources: [official]
    urgent: true
    examples: {match: ["[Кластер] вошёл в реестр"], skip: [Кластер серверов]}
"""
    (rule,) = loaded(tmp_path, {"rules.yaml": text}).rules
    assert (rule.events, rule.from_stage, rule.novelty, rule.certainty) == (("cluster.register",), "signed", ("new", "conflict"), "sure")
    assert (rule.regions, rule.federal, rule.organisations, rule.acts) == (("СКФО",), True, ("Минпромторг",), ("ПП РФ 779",))
    assert (rule.goods, rule.goods_only, rule.query, rule.sources, rule.urgent) == (
        ("ОКПД2 26.51",),
        True,
        "кластер NOT сервер",
        ("official",),
        True,
    )
    assert rule.examples.match == ("[Кластер] вошёл в реестр",)
    assert not rule.own


def test_a_whole_subscription_becomes_the_noun(tmp_path: Path) -> None:
    text = """
subscriptions:
  - id: desk
    notifier: console
    address: -1001234567890
    rules: [quotas]
    when: {digest: {at: "09:00", days: workdays}}
    quiet: "22:00-08:00"
    timezone: Asia/Vladivostok
    language: en
    budget: 7
    only: {regions: [ПФО], from_stage: signed}
    profile: plant
    fallback: {notifier: console, address: other, after: 10m}
  - {id: all, notifier: console, address: x}
profiles:
  - {id: plant, goods: [удобрения], clusters: [химия], touches: digest}
"""
    settings = loaded(tmp_path, {"subscriptions.yaml": text, "rules.yaml": "rules:\n  - {id: quotas, events: [quota]}\n"})
    desk, everything = settings.subscriptions
    assert (desk.address, desk.rules, desk.instant, desk.digest) == (
        "-1001234567890",
        ("quotas",),
        False,
        Digest(("09:00",), ("workdays",)),
    )
    assert (desk.quiet, desk.timezone, desk.language, desk.budget) == (("22:00", "08:00"), "Asia/Vladivostok", "en", 7)
    assert desk.only == Narrowing(regions=("ПФО",), from_stage="signed")
    assert desk.fallback == Fallback("console", "other", timedelta(minutes=10))
    assert (everything.rules, everything.instant, everything.digest, everything.budget) == (None, True, None, 5)
    assert settings.profiles[0].touches == "digest"


# ------------------------------------------------------------------------------------------------- from outside
def test_the_environment_wins_over_env_files_and_those_over_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# keys\nA=from-file\nexport B='two words' \nC=three # why\n\n", encoding="utf-8")
    watcher = "store: postgresql://${A}/${D:-d}\nfetch: {user_agent: '${B} ${C} $${E}'}\n"
    watcher += f"notifiers: {{{NOTIFIER}: {{token: '${{A}}'}}}}\n"
    settings = loaded(tmp_path, {"watcher.yaml": watcher}, {"A": "from-environment"})
    assert settings.store == "postgresql://from-environment/d"
    assert settings.fetch.user_agent == "two words three ${E}"
    assert settings.notifiers[NOTIFIER].token == SecretStr("from-environment")


def test_the_env_file_of_the_working_folder_wins_over_that_beside_the_configuration(tmp_path: Path) -> None:
    working = tmp_path / "working"
    working.mkdir()
    (tmp_path / ".env").write_text("A=beside\nB=beside\n", encoding="utf-8")
    (working / ".env").write_text("A=working\n", encoding="utf-8")
    from configuration.folders import write
    from watcher.configuration import load

    settings = load(write(tmp_path, {"watcher.yaml": "fetch: {user_agent: '${A} ${B}'}\n"}), {}, working=working)
    assert settings.fetch.user_agent == "working beside"


def test_a_line_of_an_env_file_that_makes_no_sense_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\nwhat is this\n", encoding="utf-8")
    assert refused(tmp_path, {}) == [".env:2:1: строка не вида ИМЯ=значение; исправьте её или начните с #"]


def test_a_value_from_outside_may_be_a_number_or_true(tmp_path: Path) -> None:
    files = {"watcher.yaml": "fetch: {per_host: '${N}'}\n", "sources.yaml": ONE + ", enabled: '${F}', depth: '${N}'}\n"}
    settings = loaded(tmp_path, files, {"N": "3", "F": "false"})
    assert (settings.fetch.per_host, settings.sources[0].enabled, settings.sources[0].config.depth) == (3, False, 3)


def test_a_value_that_comes_out_empty_counts_as_not_given(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {"watcher.yaml": "language: ${L:-}\nweb: {password: '${P:-}'}\nfetch: {proxy: '${X:-}'}\n"})
    assert settings.language == "ru"
    assert settings.fetch.proxy is None
    assert settings.web is not None
    assert settings.web.password is None


def test_a_notifier_without_its_token_is_off_and_so_is_what_it_would_tell(tmp_path: Path) -> None:
    files = {
        "watcher.yaml": f"notifiers:\n  console:\n  {NOTIFIER}:\n    token: ${{BOT:-}}\n    patience: 1s\n",
        "subscriptions.yaml": (
            f"subscriptions:\n  - {{id: a, notifier: {NOTIFIER}, address: x}}\n"
            f"  - {{id: b, notifier: console, address: y, fallback: {{notifier: {NOTIFIER}, address: z}}}}\n"
        ),
    }
    settings = loaded(tmp_path, files)
    assert settings.off == (NOTIFIER,)
    assert settings.wanted == {NOTIFIER: ("BOT",)}
    assert list(settings.notifiers) == ["console"]
    assert [(one.id, one.fallback) for one in settings.subscriptions] == [("b", None)]
    assert [str(warning) for warning in settings.warnings] == [
        f"config/subscriptions.yaml:2:13: {NOTIFIER} выключен, сюда ничего не уйдёт; задайте BOT",
        f"config/subscriptions.yaml:3:55: {NOTIFIER} выключен, сюда ничего не уйдёт; задайте BOT",
    ]
    assert [one.id for one in loaded(tmp_path, files, {"BOT": "abcdef"}).subscriptions] == ["a", "b"]


def test_a_wrong_key_of_a_notifier_that_is_off_is_still_a_problem(tmp_path: Path) -> None:
    watcher = f"notifiers:\n  {NOTIFIER}:\n    token: ${{BOT:-}}\n    patiense: 1s\n"
    assert refused(tmp_path, {"watcher.yaml": watcher}) == ["config/watcher.yaml:4:5: неизвестный ключ «patiense»; может быть, patience?"]


def test_any_secret_may_stand_in_a_file_beside(tmp_path: Path) -> None:
    files = {
        "watcher.yaml": (
            f"notifiers: {{{NOTIFIER}: {{token_file: secrets/token}}}}\nweb: {{listen: '0.0.0.0:1', password_file: secrets/web}}\n"
        ),
        "sources/one.yaml": ONE + ", key_file: key.txt, table_file: key.txt}\n",
        "secrets/token": "abc def\n",
        "secrets/web": "\ufeffпароль\r\n",
        "sources/key.txt": "k",
    }
    settings = loaded(tmp_path, files)
    assert settings.notifiers[NOTIFIER].token.get_secret_value() == "abc def"
    assert settings.web is not None
    assert settings.web.password is not None
    assert settings.web.password.get_secret_value() == "пароль"
    assert settings.sources[0].config.key.get_secret_value() == "k"
    assert settings.sources[0].config.table_file == str(tmp_path / "config/sources/key.txt")


def test_certificates_are_found_from_the_folder_of_their_file(tmp_path: Path) -> None:
    files = {
        "watcher.yaml": "fetch: {extra_ca: [certs/a.pem]}\n",
        "certs/a.pem": PEM,
        "sources/one.yaml": ONE + ", extra_ca: b.pem}\n",
        "sources/b.pem": PEM,
    }
    settings = loaded(tmp_path, files)
    assert settings.fetch.extra_ca == (str(tmp_path / "config/certs/a.pem"),)
    assert settings.sources[0].options.extra_ca == (str(tmp_path / "config/sources/b.pem"),)


def test_no_secret_stands_in_the_settings_as_they_are_shown(tmp_path: Path) -> None:
    watcher = (
        f"store: postgresql://me:canary-1@example.org/news\nfetch: {{proxy: 'http://me:canary-2@127.0.0.1:1'}}\n"
        f"notifiers: {{{NOTIFIER}: {{token: canary-3, pin: canary-4}}}}\nweb: {{password: canary-5}}\n"
    )
    more = ", headers: {Authorization: canary-6}, proxy: 'http://me:canary-7@127.0.0.1:1', key: canary-8}\n"
    settings = loaded(tmp_path, {"watcher.yaml": watcher, "sources.yaml": ONE + more})
    assert "canary" not in repr(settings) + str(settings)
    assert "canary" not in repr(settings.notifiers) + repr(settings.sources[0].config)


@pytest.mark.parametrize("written", ["off", "false"])
def test_the_dashboard_can_be_switched_off(written: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, {"watcher.yaml": f"web: {written}\n"}).web is None


def test_a_rule_that_names_an_unknown_source_is_only_warned_of(tmp_path: Path) -> None:
    rules = "rules:\n  - {id: r, events: [quota], sources: [one, official, onne]}\n"
    settings = loaded(tmp_path, {"sources.yaml": ONE + "}\n", "rules.yaml": rules})
    assert [str(warning) for warning in settings.warnings] == [
        "config/rules.yaml:2:55: правило «r» называет источник «onne», которого нет; может быть, one?"
    ]


def test_a_query_that_names_an_unknown_source_is_only_warned_of(tmp_path: Path) -> None:
    rules = "rules:\n  - {id: r, query: 'квота source:one source:official -source:onne'}\n"
    settings = loaded(tmp_path, {"sources.yaml": ONE + "}\n", "rules.yaml": rules})
    assert [str(warning) for warning in settings.warnings] == ["config/rules.yaml:2:55: правило «r»: нет такого источника: onne; one?"]


_WORDS = st.lists(st.text("абвгдежз ", min_size=1).filter(str.strip), max_size=3).map(tuple)


@given(
    st.fixed_dictionaries(
        {"id": st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True), "query": st.text("абв ()", min_size=1).filter(str.strip)},
        optional={
            "events": st.lists(st.sampled_from(EVENT_TYPES), max_size=3),
            "from_stage": st.sampled_from(STAGES),
            "regions": _WORDS.map(list),
            "federal": st.booleans(),
            "urgent": st.booleans(),
            "goods": _WORDS.map(list),
        },
    )
)
def test_a_rule_that_was_written_is_read_back(written: dict[str, object]) -> None:
    from watcher.configuration.yaml import read

    tree = read(pyyaml.safe_dump({"rules": [written]}, allow_unicode=True, default_style='"').replace("!!bool ", "").encode(), "f.yaml")
    assert tree.problems == []
    keys = dict(tree.data["rules"][0])
    rule = convert.rule(RuleKeys.model_validate(keys))
    for name, value in written.items():
        wanted = tuple(value) if isinstance(value, list) else value.strip() if name == "query" and isinstance(value, str) else value
        assert getattr(rule, name) == wanted


def test_an_interval_may_be_left_to_be_learned(tmp_path: Path) -> None:
    other = f"  - {{id: two, kind: {SOURCE}, url: 'https://example.org/2', every: 1h}}\n"
    one, two = loaded(tmp_path, {"watcher.yaml": "defaults: {every: adaptive}\n", "sources.yaml": ONE + "}\n" + other}).sources
    assert (one.every, two.every) == (ADAPTIVE, timedelta(hours=1))
    (own,) = loaded(tmp_path, {"watcher.yaml": "", "sources.yaml": ONE + ", every: adaptive}\n"}).sources
    assert own.every == ADAPTIVE


WAITING = """\
subscriptions:
  - id: chat
    notifier: telegram
    address: ${WATCHER_CHAT:-}
    rules: [non]
    quiet: "25:00-08:00"
    buget: 3
  - {id: chat, notifier: console, address: terminal, rules: all}
"""


def test_mistakes_of_a_subscription_whose_address_is_not_set_yet_are_told(tmp_path: Path) -> None:
    files = {"watcher.yaml": "notifiers: {console: , telegram: {token: '${T:-}'}}\n", "subscriptions.yaml": WAITING}
    assert [line.split(": ", 1)[1] for line in refused(tmp_path, files)] == [
        "нет правила «non»; назовите id правила из rules/",
        'quiet: «25:00-08:00» — не часы от и до; в кавычках через дефис: "22:00-08:00"',
        "неизвестный ключ «buget»; может быть, budget?",
        "подписка «chat» уже есть: config/subscriptions.yaml:2; нужен другой id",
    ]
    mended = WAITING.replace("25:00", "22:00").replace("    buget: 3\n", "").replace("- {id: chat", "- {id: desk")
    (problem,) = refused(tmp_path, files | {"subscriptions.yaml": mended})
    assert "нет правила «non»" in problem
    found = loaded(tmp_path, files | {"subscriptions.yaml": mended.replace("[non]", "all")})
    assert [one.id for one in found.subscriptions] == ["desk"]
    assert found.waiting == {"chat": ("T", "WATCHER_CHAT")}
    assert found.warnings == ()


def test_an_unknown_type_is_told_once_and_not_by_every_example(tmp_path: Path) -> None:
    rule = "rules:\n  - {id: r, title: R, events: [quota.exprt], examples: {match: [Квоту продлили, Квоту ввели]}}\n"
    seen = refused(tmp_path, {"rules.yaml": rule}, check_rule=lambda rule: [("examples.match.0", None, "пример не найден правилом", "")])
    assert len(seen) == 1
    assert "неизвестный тип событий «quota.exprt»" in seen[0]
