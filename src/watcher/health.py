"""What state a source is in, when to look at it again, and what of it administrators must know. Pure; every wait ends, none is for good.

A poll failed → `failing`, `blocked`, `changed`, `gone`; it brought an answer → `ok`, `empty`; time alone makes an `ok` one `silent`.
Whether many failures at once are one fault of our own network is judged over all sources (`outages`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

_LONGEST = timedelta(hours=6)
_BLOCKED = timedelta(hours=1)
_UNREADABLE = timedelta(hours=1)
_GONE = timedelta(days=1)
_ASKED = timedelta(hours=24)
_ASKED_WHILE_WELL = timedelta(hours=1)
_SHORTEST = timedelta(minutes=1)
_DOUBLINGS = 12
ADAPTIVE = timedelta()
"""In place of an interval: it is learned."""
_LOOKS = 4  # polls between two news, so that a quarter of the gap is the longest delay
_OFTENEST, _RAREST, _UNLEARNED = timedelta(minutes=2), timedelta(hours=1), timedelta(minutes=10)
_TURNED_OVER = 0.5
_SILENT_GAPS = 5
_SILENT_LEAST = timedelta(days=2)
"""Of working days: no office is so busy that a free Friday means something."""
_TOLD_FROM = 3
"""Failures in a row before anybody is told: one is weather."""

BLOCKING = frozenset({"blocked", "captcha"})
SHAPE = frozenset(
    {
        "format",
        "not-a-feed",
        "shape",
        "javascript",
        "empty",
        "unsafe",
        "too-large",
        "parser",
        "mass-change",
        "unlike",
        "no-preview",
        "no-text",
        "encrypted",
    }
)
NETWORK = frozenset({"dns", "timeout", "refused", "reset"})
"""Reasons that a broken network of our own would give as well."""

WORDS = {
    "ok": "в порядке",
    "learning": "ещё узнаётся",
    "failing": "не отвечает как следует",
    "blocked": "не пускает",
    "silent": "отвечает, но давно ничего нового",
    "changed": "изменилась: прежнего на странице нет",
    "empty": "отвечает, но пуст",
    "gone": "сообщил, что закрыт",
    "disabled": "выключен",
}
SHORT = {
    "ok": "работает",
    "learning": "узнаётся",
    "failing": "не отвечает",
    "blocked": "не пускает",
    "silent": "молчит",
    "changed": "сменил вид",
    "empty": "пуст",
    "gone": "закрыт",
    "disabled": "выключен",
}
"""The same for columns."""
NOTES = {
    "gap": "возможен пропуск: прошлых записей на странице уже не было",
    "paging": "следующие страницы не прочитаны",
    "moved": "переехал: адрес давно и навсегда ведёт на другой",
    "ill-formed": "ошибки XML",
    "encoding": "кодировка объявлена неверно",
    "mojibake": "текст закодирован дважды",
    "dates": "даты не читаются",
    "columns": "столбцы реестра другие",
    "duplicate-ids": "у нескольких строк один ключ",
    "cut": "документ прочитан не весь",
    "empty": "список пуст",
}
"""What a poll mended or found odd."""


FAULTS = {
    "": "ждём ответа",
    "timeout": "не успел ответить",
    "dns": "имя не находится",
    "refused": "не соединяется",
    "reset": "соединение оборвалось",
    "blocked": "не пускает",
    "not-found": "такой страницы нет",
    "gone": "закрыт",
    "server": "ошибка у него",
    "rate": "просит подождать",
    "tls-expired": "сертификат вышел",
    "tls-unknown-root": "сертификат неизвестного центра",
    "tls-host": "сертификат на другое имя",
    "format": "отвечает не лентой",
    "not-a-feed": "отвечает не лентой",
    "tls-old": "шифрует по-старому",
    "tls-weak": "ключ слишком слаб",
    "tls": "защищённое соединение не вышло",
    "forbidden-address": "адрес не в общей сети",
    "forbidden-port": "порт не для сайтов",
    "redirect": "переадресация никуда не ведёт",
    "size": "ответ слишком велик",
    "ratio": "ответ раздувается",
    "truncated": "ответ оборвался",
    "encoding": "ответ упакован не так, как просили",
    "protocol": "отвечает не на то",
}
"""Why a source was not read, by the fixed word of its last failure."""


def said(reason: str, error: str) -> str:
    """Say in words why a source was not read, and then what exactly happened."""
    return f"{FAULTS[reason]}: {error}" if error and reason in FAULTS else error


class Seen(Protocol):
    """What is remembered of a source."""

    @property
    def state(self) -> str: ...
    @property
    def failures(self) -> int: ...
    @property
    def error(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def last_poll(self) -> datetime | None: ...
    @property
    def last_success(self) -> datetime | None: ...
    @property
    def last_new(self) -> datetime | None: ...
    @property
    def usual_gap_s(self) -> float | None: ...
    @property
    def entries(self) -> int: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


def interval(every: timedelta, usual_gap_s: float | None) -> timedelta:
    """Give how often a source is polled: as it is set, or, where that is ADAPTIVE, a quarter of the usual gap between its news."""
    if every != ADAPTIVE:
        return every
    if usual_gap_s is None:
        return _UNLEARNED
    return min(max(timedelta(seconds=usual_gap_s / _LOOKS), _OFTENEST), _RAREST)


def after_failure(reason: str, *, gone: bool, well_before: bool) -> str:
    """Name the state of a source whose poll just failed."""
    if gone:
        return "gone"
    if reason in BLOCKING:
        return "blocked"
    return "changed" if reason in SHAPE and well_before else "failing"


def wait_after_failure(
    reason: str, failures: int, every: timedelta, retry_after: timedelta | None, *, gone: bool = False, our_network: bool = False
) -> timedelta:
    """Say how long to wait after one more failure (`failures` stood before it): twice as long each time, up to a cap.

    A body that can't be read is looked at again at most an hour later; while our own network is down all are tried at their usual pace,
    so that they are back with it.
    """
    if gone:
        return _GONE
    if our_network:
        return min(every, _UNREADABLE)
    cap = _UNREADABLE if reason in SHAPE else _LONGEST
    wait = min(every * (1 << min(failures, _DOUBLINGS)), max(cap, every))
    if reason in BLOCKING:
        wait = max(wait, _BLOCKED)
    return max(wait, min(retry_after or timedelta(), _ASKED))


def wait_after_success(every: timedelta, asked: timedelta, shown: int, new: int, *, gap: bool, learned: bool) -> timedelta:
    """Say how long to wait after a poll that went well.

    What the source asks for (ttl, Cache-Control, skipHours) is given within sense: at most an hour, or six times the interval. Where more
    than half of a page was new, or nothing known was left on it, the next look comes sooner, lest something pass between two of them.
    """
    if gap and learned:
        return max(every / 4, min(every, _SHORTEST))
    if learned and shown and new / shown > _TURNED_OVER:
        return max(every / 2, min(every, _SHORTEST))
    return max(every, min(asked, max(6 * every, _ASKED_WHILE_WELL)))


def weekday(day: date) -> bool:
    """Whether offices work that day, as far as the calendar alone says; 1-8 January are holidays of Russia."""
    return day.weekday() < 5 and not (day.month == 1 and day.day <= 8)


def working_time(since: datetime, until: datetime, is_workday: Callable[[date], bool] = weekday) -> timedelta:
    """Count the time between two moments that lies in working days (of UTC)."""
    total = timedelta()
    at = since.astimezone(UTC)
    until = min(until.astimezone(UTC), at + timedelta(days=400))
    while at < until:
        midnight = datetime(at.year, at.month, at.day, tzinfo=UTC) + timedelta(days=1)
        if is_workday(at.date()):
            total += min(midnight, until) - at
        at = midnight
    return total


def state_now(seen: Seen, at: datetime, is_workday: Callable[[date], bool] = weekday) -> str:
    """Give the state as it is now: a source that answers, but brought nothing new for five of its usual gaps, is silent."""
    if seen.state == "ok" and seen.usual_gap_s and seen.last_new:
        longest = max(_SILENT_GAPS * timedelta(seconds=seen.usual_gap_s), _SILENT_LEAST)
        if at - seen.last_new > longest and working_time(seen.last_new, at, is_workday) > longest:
            return "silent"
    return seen.state


def trouble(seen: Seen, title: str, at: datetime) -> str:
    """Say what administrators must know of a source; empty while there is nothing."""
    state = state_now(seen, at)
    fault = f" ({said(seen.reason, seen.error)})" if seen.error else ""
    if state == "gone":
        return f"«{title}» сообщил, что закрыт{fault}; проверяется раз в сутки."
    if state == "silent" and seen.last_new:
        return f"«{title}» молчит: последнее новое {seen.last_new:%d.%m.%Y}, обычно чаще; страница отвечает."
    if state == "empty" and seen.entries:
        return f"«{title}» отвечает, но на странице больше ничего нет."
    if state == "ok" and "moved" in seen.notes:
        return f"«{title}» переехал на другой адрес и пока отвечает и со старого; новый назовёт watcher sources doctor."
    if state in ("failing", "blocked", "changed") and seen.failures >= _TOLD_FROM:
        return f"«{title}» {WORDS[state]}; неудач подряд: {seen.failures}{fault}."
    return ""


def none_answers(rows: Collection[Seen]) -> bool:
    """Whether every source that was asked failed at its last poll; of one that nobody asked yet nothing is known."""
    asked = [row for row in rows if row.last_poll is not None]
    return bool(asked) and all(row.failures for row in asked)


def notices(rows: Sequence[tuple[str, str, Seen]], at: datetime, *, network_down: bool) -> dict[str, str]:
    """Give what is to be told of all sources (id, title, what is remembered): key → text. One fault of ours is told once."""
    if network_down:
        seen = [row for _, _, row in rows]
        failed = sum(bool(row.failures) for row in seen)
        who = "Не отвечает ни один источник" if none_answers(seen) else f"Один за другим не отвечают источники ({failed} из {len(seen)})"
        return {"network": f"{who}: похоже, пропала наша собственная сеть. Опросы продолжаются."}
    return {f"source:{id}": text for id, title, seen in rows if (text := trouble(seen, title, at))}
