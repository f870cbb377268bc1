"""What people write in YAML for time, size and pace, as types that any pydantic model may use.

`Duration` 10m → timedelta · `Size` 10MB → int of bytes · `Rate` 20/m → (20, timedelta of one minute) · `TimeOfDay` 09:00 ·
`TimeRange` 22:00-08:00 → (from, to) · `ZoneName` Europe/Moscow · `Network` 10.0.0.0/8. A value already of the Python type passes.
Each parser raises Refused, whose two halves become one line of `watcher check`: what is wrong; what would be right.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}

_DURATION = re.compile(r"(?:\d{1,9}(?:\.\d{1,6})?[smhdw])+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])", re.ASCII)
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s?([KMG]?i?B)", re.ASCII | re.IGNORECASE)
_RATE = re.compile(r"(\d{1,9})\s?/\s?(\d*(?:\.\d+)?[smhdw])", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class Refused(ValueError):
    """A value that can't be taken: `what` is wrong, and what would be right `instead`."""

    def __init__(self, what: str, instead: str = "") -> None:
        super().__init__(what + (f"; {instead}" if instead else ""))
        self.what = what
        self.instead = instead


def quoted(value: object) -> str:
    """Show a value in a message, cut where it is long."""
    text = str(value)
    return f"«{text}»" if len(text) <= 60 else f"«{text[:57]}…»"


# ------------------------------------------------------------------------------------------------- durations
def parse_duration(value: object) -> timedelta:
    """Read `90s`, `10m`, `1h30m`, `2d`, `0s`. Raises Refused."""
    if isinstance(value, timedelta):
        return value
    instead = "число и единица: 30s, 10m, 2h, 1d"
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Refused(f"число {value} без единицы времени", f"с единицей: {value}s, {value}m, {value}h")
    if not isinstance(value, str) or not _DURATION.fullmatch(value.strip()):
        raise Refused(f"{quoted(value)} — не промежуток времени", instead)
    try:
        return timedelta(seconds=sum(float(number) * SECONDS[unit] for number, unit in _PART.findall(value)))
    except OverflowError as error:
        raise Refused(f"{quoted(value)} — слишком долго", instead) from error


def _lasting(value: timedelta) -> timedelta:
    if not value:
        raise Refused("0s — это нисколько", "больше нуля, например 20s")
    return value


def format_duration(value: timedelta) -> str:
    """Write a duration as `parse_duration` reads it, in the largest unit that leaves no remainder."""
    seconds = value.total_seconds()
    if seconds != int(seconds):
        return f"{seconds:.6f}".rstrip("0") + "s"
    for unit in ("d", "h", "m"):
        if seconds and seconds % SECONDS[unit] == 0:
            return f"{int(seconds) // SECONDS[unit]}{unit}"
    return f"{int(seconds)}s"


# ------------------------------------------------------------------------------------------------- sizes and rates
def parse_size(value: object) -> int:
    """Read `10MB` (decimal) or `10MiB` (binary) as bytes. Raises Refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise Refused(f"{quoted(value)} — не размер", "число и единица: 500KB, 10MB, 1GB")
    return int(float(found[1]) * BYTES[found[2].upper()])


def format_size(value: int) -> str:
    """Write a size as `parse_size` reads it."""
    for unit in ("GB", "MB", "KB"):
        if value and value % BYTES[unit] == 0:
            return f"{value // BYTES[unit]}{unit}"
    return f"{value}B"


def parse_rate(value: object) -> tuple[int, timedelta]:
    """Read `1/s`, `20/m`, `20/10m`: so many in any window of that length. Raises Refused."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], timedelta):
        return int(value[0]), value[1]
    found = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise Refused(f"{quoted(value)} — не темп", "сколько за какое время: 1/s, 20/m, 20/10m")
    window = parse_duration(found[2] if found[2][0].isdigit() else f"1{found[2]}")
    if not int(found[1]) or not window:
        raise Refused(f"{quoted(value)} — темп не может быть нулевым", "сколько за какое время: 1/s, 20/m, 20/10m")
    return int(found[1]), window


def format_rate(value: tuple[int, timedelta]) -> str:
    """Write a rate as `parse_rate` reads it."""
    window = format_duration(value[1])
    return f"{value[0]}/{window[1:] if window in ('1s', '1m', '1h', '1d') else window}"


# ------------------------------------------------------------------------------------------------- the clock and the map
def parse_time(value: object) -> str:
    """Read `09:00`. Raises Refused."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Refused(f"{quoted(value)} — не время суток", 'две цифры часов и две минут в кавычках: "09:00"')
    return value


def parse_time_range(value: object) -> tuple[str, str]:
    """Read `22:00-08:00`; may pass midnight. Raises Refused."""
    if isinstance(value, tuple) and len(value) == 2:
        return parse_time(value[0]), parse_time(value[1])
    parts = re.split(r"\s?[-–]\s?", value.strip()) if isinstance(value, str) else []
    if len(parts) != 2 or not all(_TIME.fullmatch(part) for part in parts):
        raise Refused(f"{quoted(value)} — не часы от и до", 'в кавычках через дефис: "22:00-08:00"')
    if parts[0] == parts[1]:
        raise Refused(f"{quoted(value)}: начало и конец совпадают", 'в кавычках через дефис: "22:00-08:00"')
    return parts[0], parts[1]


@cache
def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def parse_zone(value: object) -> str:
    """Read the name of a time zone of the IANA database. Raises Refused."""
    if not isinstance(value, str) or not value or not _known_zone(value):
        raise Refused(
            f"{quoted(value)} — неизвестный часовой пояс", "имя из базы IANA: Europe/Moscow, Asia/Vladivostok, UTC" + _nearest_zone(value)
        )
    return value


def _nearest_zone(value: object) -> str:
    from difflib import get_close_matches  # only on the way to a message
    from zoneinfo import available_timezones

    near = get_close_matches(str(value)[:60], available_timezones(), 1, 0.75)
    return f" (может быть, {near[0]}?)" if near else ""


def parse_network(value: object) -> IPv4Network | IPv6Network:
    """Read `127.0.0.0/8`, `::1/128` or one address. Raises Refused."""
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    instead = "адрес и длина префикса: 127.0.0.0/8, 10.1.2.0/24, ::1/128"
    if not isinstance(value, str):
        raise Refused(f"{quoted(value)} — не сеть", instead)
    try:
        return ip_network(value.strip())
    except ValueError as error:
        loose = _loose_network(value)
        raise Refused(f"{quoted(value)} — не сеть", f"может быть, {loose}?" if loose else instead) from error


def _loose_network(value: str) -> str:
    try:
        return str(ip_network(value.strip(), strict=False))
    except ValueError:
        return ""


def _text(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


def _serialised(write: Any) -> PlainSerializer:
    return PlainSerializer(write, return_type=str, when_used="json")


Duration: TypeAlias = Annotated[
    timedelta, BeforeValidator(parse_duration), _serialised(format_duration), _text(r"^(\d+(\.\d+)?[smhdw])+$", "10m")
]
Lasting: TypeAlias = Annotated[Duration, AfterValidator(_lasting)]
"""A duration that is not nothing."""
Size: TypeAlias = Annotated[int, BeforeValidator(parse_size), _serialised(format_size), _text(r"^\d+(\.\d+)? ?([KMGkmg]?i?)[Bb]$", "10MB")]
Rate: TypeAlias = Annotated[
    tuple[int, timedelta], BeforeValidator(parse_rate), _serialised(format_rate), _text(r"^\d+ ?/ ?(\d+(\.\d+)?)?[smhdw]$", "20/10m")
]
TimeOfDay: TypeAlias = Annotated[str, BeforeValidator(parse_time), _text(r"^([01]\d|2[0-3]):[0-5]\d$", "09:00")]
TimeRange: TypeAlias = Annotated[
    tuple[str, str], BeforeValidator(parse_time_range), _serialised("-".join), _text(r"^\d\d:\d\d ?[-–] ?\d\d:\d\d$", "22:00-08:00")
]
ZoneName: TypeAlias = Annotated[str, BeforeValidator(parse_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Moscow"]})]
Network: TypeAlias = Annotated[
    IPv4Network | IPv6Network,
    BeforeValidator(parse_network),
    _serialised(str),
    WithJsonSchema({"type": "string", "examples": ["127.0.0.0/8"]}),
]
