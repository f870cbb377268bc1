"""The keys of the four kinds of file, one model a block, each key with its description.

From these models come validation, the JSON Schema for editors and docs/reference/config.md. Keys of one kind of source or notifier alone
stand in that kind's own `Config`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from watcher.configuration.words import (
    Address,
    Day,
    Flag,
    Id,
    Kept,
    Listen,
    OneOrMany,
    OrWord,
    Proxy,
    SourceId,
    Stage,
    Words,
    parse_every,
)
from watcher.health import ADAPTIVE
from watcher.model import Certainty, Novelty, Role
from watcher.units import Duration, Lasting, Network, Rate, Size, TimeOfDay, TimeRange, ZoneName

NO_LIMIT = (0, timedelta())
"""What `burst: off` of one source is, to tell it from a burst that was not given."""

Language: TypeAlias = Literal["ru", "en"]
FirstPoll: TypeAlias = Literal["learn", "send"]
Reading: TypeAlias = Literal["auto", "always", "never"]
Every: TypeAlias = Annotated[Duration, BeforeValidator(parse_every), OrWord({"adaptive": ADAPTIVE})]
Novelties: TypeAlias = Annotated[tuple[Novelty, ...], OneOrMany]


class Block(BaseModel):
    """What all blocks share: no unknown keys, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


# ------------------------------------------------------------------------------------------------- watcher.yaml
class Defaults(Block):
    every: Every = Field(
        default=timedelta(minutes=10),
        description="Как часто опрашивать источник: от 1s до 30d; adaptive — четверть обычного промежутка между новостями, от 2m до 1h",
    )
    first_poll: FirstPoll = Field(default="learn", description="Первый опрос: learn — запомнить молча, send — считать всё новостями")
    read: Reading = Field(
        default="auto", description="Читать ли статью записи: auto — если она может касаться правила, а лента даёт меньше её текста"
    )
    burst: Annotated[Rate | None, OrWord({"off": None})] = Field(
        default=(20, timedelta(minutes=10)),
        description="Одиночных сообщений одного источника одному получателю; что сверх, сливается в одно; off — без предела",
    )


class FetchSettings(Block):
    timeout: Lasting = Field(default=timedelta(seconds=20), description="Всего на один запрос, не на чтение")
    max_body: Size = Field(default=10_000_000, gt=0, description="Предел тела ответа после распаковки")
    per_host: int = Field(default=1, ge=1, le=100, description="Одновременных запросов к одному хосту и порту")
    pause: Duration = Field(default=timedelta(seconds=1), description="Между двумя запросами к одному хосту и порту")
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = Field(
        default=(), description="Порты, разрешённые в публичных сетях кроме 80 и 443"
    )
    user_agent: str = Field(default="", max_length=300, description="Как называться сайтам; пусто — watcher и его версия")
    proxy: Proxy | None = Field(default=None, description="Прокси всех источников: http, https или socks5", repr=False)
    extra_ca: Words = Field(default=(), description="Файлы сертификатов (PEM) в дополнение к системным; путь от папки этого файла")
    allow_networks: tuple[Network, ...] = Field(
        default=(), description="Частные сети, откуда можно брать источники, на любом порту; остальное — только публичные"
    )


class WebSettings(Block):
    listen: Listen = Field(default="127.0.0.1:8787", description="Адрес и порт; без пароля — только loopback")
    password: SecretStr | None = Field(default=None, description="Пароль на вход")


class Retention(Block):
    entries: Kept = Field(default=timedelta(days=400), description="Сколько хранить записи источников и что о них понято")
    verdicts: Kept = Field(default=timedelta(days=90), description="Сколько хранить ответы на вопрос «почему не сказано»")
    deliveries: Kept = Field(default=timedelta(days=400), description="Сколько хранить отправленное")


Before = Annotated[tuple[Annotated[int, Field(ge=0, le=365)], ...], OneOrMany]


class ReminderKeys(Block):
    deadline: Before = Field(default=(5, 1), description="За сколько рабочих дней до срока заявок или замечаний")
    effective: Before = Field(default=(30, 7, 1), description="За сколько дней до вступления в силу")
    sunset: Before = Field(default=(30, 7), description="За сколько дней до конца временной меры, если продления не видно")
    at: TimeOfDay = Field(default="09:00", description="В котором часу получателя напоминать")


class NoveltySettings(Block):
    signed: Duration = Field(default=timedelta(days=14), description="Сколько времени акт ещё новость, считая от его подписания")
    listed: Duration = Field(default=timedelta(days=45), description="Сколько времени запись в реестре ещё новость, считая от приказа")
    known: Words = Field(
        default=(), description="Файлы с тем, что известно заранее, в дополнение к поставляемым; путь от папки этого файла"
    )


class Logging(Block):
    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Что писать в журнал")
    format: Literal["auto", "console", "json"] = Field(default="auto", description="auto — для людей в терминале, иначе JSON")


class WatcherFile(Block):
    language: Language = Field(default="ru", description="Язык сообщений; подписчик может выбрать другой")
    timezone: ZoneName = Field(default="Europe/Moscow", description="Часовой пояс: дат без пояса, дайджестов, тихих часов")
    store: str = Field(
        default="sqlite:///var/watcher.db", description="База: sqlite:///путь (от рабочей папки) или postgresql://…", repr=False
    )
    defaults: Defaults = Field(default=Defaults(), description="Для всех источников; источник может задать своё")
    fetch: FetchSettings = Field(default=FetchSettings(), description="Запросы к сайтам")
    notifiers: dict[str, Any] = Field(
        default={"console": {}}, description="Способы сообщать: console, telegram, email, webhook или имя модуля через точку"
    )
    web: Annotated[WebSettings | None, OrWord({"off": None})] = Field(
        default=WebSettings(), description="Страница с последними новостями и состоянием; off — нет"
    )
    retention: Retention = Field(default=Retention(), description="Что сколько хранить")
    workdays: str = Field(
        default="", max_length=1000, description="Файл рабочих дней сверх календаря России: строки вида 2027-01-09 off, 2027-02-20 work"
    )
    reminders: Annotated[ReminderKeys | None, OrWord({"off": None})] = Field(
        default=ReminderKeys(), description="Напоминания о датах из сообщённого; off — нет"
    )
    novelty: NoveltySettings = Field(default=NoveltySettings(), description="Что считать новым, сравнивая с досье")
    logging: Logging = Field(default=Logging(), description="Журнал")


# ------------------------------------------------------------------------------------------------- sources.yaml, sources/*.yaml
class SourceKeys(Block):
    """The keys of every kind of source."""

    id: SourceId = Field(description="Короткое имя, единственное во всех файлах")
    title: str = Field(default="", max_length=200, description="Как называть в сообщениях; пусто — id")
    kind: str = Field(default="feed", description="Вид источника: feed, page, json, telegram, register, document, sitemap или имя модуля")
    url: str = Field(default="", max_length=2000, description="Адрес")
    enabled: Flag = Field(default=True, description="false — не опрашивать")
    every: Every | None = Field(default=None, description="Как часто опрашивать: 1s … 30d или adaptive; иначе из defaults")
    role: Role = Field(default="press", description="Чьё слово весит больше: official, agency, press, aggregator")
    read: Reading | None = Field(default=None, description="Читать ли статьи; иначе из defaults")
    first_poll: FirstPoll | None = Field(default=None, description="Первый опрос; иначе из defaults")
    burst: Annotated[Rate | None, OrWord({"off": NO_LIMIT})] = Field(
        default=None, description="Предел одиночных сообщений; иначе из defaults"
    )
    language: Language | None = Field(default=None, description="Язык записей; пусто — определяется")
    timezone: ZoneName | None = Field(default=None, description="Часовой пояс дат, у которых он не указан; иначе общий")
    timeout: Lasting | None = Field(default=None, description="Всего на один запрос; иначе из fetch")
    headers: dict[str, str] = Field(default={}, description="Заголовки запросов к этому источнику", repr=False)
    proxy: Proxy | None = Field(default=None, description="Прокси этого источника", repr=False)
    extra_ca: Words = Field(default=(), description="Файлы сертификатов (PEM) в дополнение к системным; путь от папки этого файла")
    old_tls: Flag = Field(
        default=False,
        description="true — этому источнику можно старый TLS, старые шифры и короткие ключи; сертификат проверяется всё равно",
    )
    mirrors: Words = Field(default=(), description="Другие адреса того же, по порядку, когда первый не отвечает")


# ------------------------------------------------------------------------------------------------- rules/*.yaml
class ExampleKeys(Block):
    match: Words = Field(default=(), description="Тексты, которые правило находит; на чём — в [скобках]")
    skip: Words = Field(default=(), description="Похожие тексты, которые оно пропускает")


class RuleKeys(Block):
    """All the conditions that are named must hold, those on events for the same event."""

    id: Id = Field(description="Короткое имя, единственное во всех файлах; годится для ссылки на бота")
    title: str = Field(default="", max_length=200, description="Как называть в сообщениях и в боте; пусто — id")
    events: Words = Field(default=(), description="Типы событий или их начала до точки: любой из них")
    from_stage: Stage | None = Field(default=None, description="Не раньше этой ступени")
    novelty: Novelties = Field(default=("new", "stage", "changed"), min_length=1, description="Что нового: любое из них")
    certainty: Certainty = Field(default="likely", description="likely — и то, что лишь вероятно (идёт в дайджест с пометкой «проверьте»)")
    regions: Words = Field(default=(), description="Субъекты или федеральные округа: любой из них")
    federal: Flag | None = Field(default=None, description="Проходит ли событие без региона; иначе quota и proc — да, cluster — нет")
    organisations: Words = Field(default=(), description="Организации: любая из них")
    acts: Words = Field(default=(), description='Акты: любой из них, например "ПП РФ 779"')
    goods: Words = Field(default=(), description='Товары словами или началом кода: удобрения, "ТН ВЭД 3102", "ОКПД2 26.51"')
    goods_only: Flag = Field(default=False, description="true — событие, которое не называет товаров, не проходит")
    query: str = Field(default="", max_length=2000, description='Слова записи в любой форме: AND, OR, NOT, (), "подряд", =точно, начало*')
    sources: Words = Field(default=(), description="Источники или их роли: любой из них")
    urgent: Flag = Field(default=False, description="true — пробивает тихие часы, дайджест и бюджет")
    examples: ExampleKeys = Field(default=ExampleKeys(), description="Примеры правила; их проверяет watcher check")


# ------------------------------------------------------------------------------------------------- subscriptions.yaml
class DigestKeys(Block):
    at: Annotated[tuple[TimeOfDay, ...], OneOrMany] = Field(default=("09:00",), min_length=1, description="Когда: одно время или несколько")
    days: Annotated[tuple[Day, ...], OneOrMany, OrWord({"workdays": ("workdays",)})] = Field(
        default=(), description="mon…sun или workdays (рабочие дни России); пусто — каждый день"
    )
    monthly: Flag = Field(default=False, description="true — с первой сводкой месяца ещё «Ваши меры»: что действует, что в работе, даты")


class WhenKeys(Block):
    digest: DigestKeys = Field(description="Всё одним сообщением по расписанию")


class OnlyKeys(Block):
    regions: Words = Field(default=(), description="Только эти регионы")
    goods: Words = Field(default=(), description="Только эти товары")
    organisations: Words = Field(default=(), description="Только эти организации")
    from_stage: Stage | None = Field(default=None, description="Не раньше этой ступени")


class FallbackKeys(Block):
    notifier: str = Field(description="Запасной способ")
    address: Address = Field(description="Адрес запасного способа")
    after: Duration = Field(default=timedelta(minutes=30), description="Сколько ждать первого")


class SubscriptionKeys(Block):
    id: SourceId = Field(description="Короткое имя")
    notifier: str = Field(description="Чем сообщать: имя из notifiers")
    address: Address = Field(description='Куда: чат "-1001234567890" (тема — через /), почтовый адрес, адрес вебхука, имя окна')
    rules: Annotated[Annotated[Words, Field(min_length=1)] | None, OrWord({"all": None})] = Field(
        default=None, description="all или список id правил"
    )
    when: Annotated[WhenKeys | None, OrWord({"instant": None, "digest": WhenKeys(digest=DigestKeys())}, alone=True)] = Field(
        default=None, description="instant — сразу, или {digest: …}"
    )
    quiet: TimeRange | None = Field(default=None, description="Тихие часы; что накопилось, приходит одним сообщением в их конце")
    timezone: ZoneName | None = Field(default=None, description="Часовой пояс получателя; иначе общий")
    language: Language | None = Field(default=None, description="Язык получателя; иначе общий")
    budget: int = Field(default=5, ge=0, le=1_000_000, description="Сообщений сразу в день; остальное — в дайджест")
    only: OnlyKeys = Field(default=OnlyKeys(), description="Сужает то, что находят правила")
    profile: str = Field(default="", description="id профиля ниже")
    fallback: FallbackKeys | None = Field(default=None, description="Куда сообщать, если первый способ недоступен")


class ProfileKeys(Block):
    """What a reader is and makes."""

    id: Id = Field(description="Короткое имя")
    families: tuple[Literal["cluster", "quota", "proc"], ...] = Field(
        default=(), description="Какие события могут его касаться вообще: cluster, quota, proc; пусто — все, остальное не приходит"
    )
    regions: Words = Field(default=(), description="Его регионы; федеральный округ стоит за свои субъекты")
    goods: Words = Field(
        default=(), description='Что он делает или покупает: слова и коды, например светильники, "ТН ВЭД 3102", "ОКПД2 27.40"'
    )
    organisations: Words = Field(default=(), description="Он сам, его конкуренты, его заказчики")
    clusters: Words = Field(default=(), description="Его кластеры")
    touches: Literal["instant", "digest"] = Field(
        default="instant", description="Когда сообщать то, что его касается; остальное — в дайджест"
    )
