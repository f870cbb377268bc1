"""What all pages have in common: what they may look at, what was asked of them, the frame they stand in, words for states.

A page is a module with `data` (the object that `/api/…` gives) and `shown` (what its template puts into the frame). Everything from outside
goes through `lines.clean` and `safe_link` there, and is escaped by the template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from watcher.dossiers import Ages
from watcher.lines import clean, safe_link
from watcher.messages import wording
from watcher.model import Role, Rule, Subscription
from watcher.standing import Pulse, Standing
from watcher.store import Store

T = TypeVar("T")

SIZE = 50
"""Items of a page."""
_LAST = 10_000
PAGES = (
    ("/", "Оповещения"),
    ("/dossiers", "Досье"),
    ("/sources", "Источники"),
    ("/rules", "Правила"),
    ("/subscriptions", "Подписки"),
    ("/deliveries", "Отправка"),
)
DELIVERED = {
    "sent": "отправлено",
    "pending": "ждёт отправки",
    "sending": "отправляется",
    "uncertain": "под вопросом",
    "dead": "не ушло",
    "gone": "адреса больше нет",
    "merged": "вошло в общее сообщение",
    "dropped": "снято",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the configuration says now: titles of the enabled sources by id, the zone, a refused reload's reason, rules, who gets what."""

    sources: Mapping[str, str]
    timezone: str
    refused: str = ""
    rules: tuple[Rule, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    notifiers: frozenset[str] = frozenset()
    roles: Mapping[str, Role] = field(default_factory=dict)
    ages: Ages = field(default_factory=Ages)


@dataclass(frozen=True, slots=True)
class View:
    """What the pages may look at. `names` and `password` are asked anew each time, since a reload changes them."""

    store: Store
    pulse: Pulse
    now: Callable[[], datetime]
    names: Callable[[], Names]
    metrics: Callable[[Standing | None], bytes]
    """All metrics as text; None where the store does not answer."""
    version: str
    password: Callable[[], str] = field(default=lambda: "", repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a page: its number, counted from 1, what stands behind `?`, and the id in the path."""

    page: int = 1
    words: Mapping[str, str] = field(default_factory=dict)
    id: str = ""

    @property
    def offset(self) -> int:
        return (self.page - 1) * SIZE

    def word(self, name: str, longest: int = 200) -> str:
        """Give one of the words, trimmed; empty where it was not said."""
        return self.words.get(name, "").strip()[:longest]


def page_number(text: str) -> int:
    """Read the number of a page; whatever is none stands for the first."""
    return min(int(text), _LAST) if text.isascii() and text.isdigit() and len(text) < 9 and int(text) else 1


def one_page(rows: Sequence[T]) -> tuple[list[T], bool]:
    """Cut what was found, one more than a page holds, into the page and whether more follows."""
    return list(rows[:SIZE]), len(rows) > SIZE


def moment(at: datetime | None, names: Names, now: datetime) -> str:
    """Write a time by the operator's clock; a dash where there is none."""
    return wording.moment(at, names.timezone, now, "ru") if at else "—"


def iso(at: datetime | None) -> str | None:
    """Write a time for programs."""
    return at.astimezone(UTC).isoformat() if at else None


def link(title: str, url: str) -> dict[str, str]:
    """Make a link of a stranger's title and address; no address where it may not stand behind a link."""
    return {"title": clean(title, 250) or "—", "url": safe_link(url)}


def framed(template: str, view: View, path: str, asked: Asked, values: Mapping[str, Any]) -> str:
    """Put values into a page's template, and that into the frame."""
    names, now = view.names(), view.now()
    common = {
        "version": view.version,
        "now": moment(now, names, now),
        "refused": clean(names.refused, 500),
        "pages": PAGES,
        "path": path,
        "number": asked.page,
        "words": {name: word for name, word in asked.words.items() if name != "page"},
    }
    return _environment().get_template(template).render({"more": False, **common, **values})


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("watcher", "web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
