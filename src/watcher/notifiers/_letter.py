"""A message as a letter: a text part and an HTML part with the same facts, and the headers that belong to it.

Headers go through the standard library's registry, which takes no line breaks, and are folded by `_headers`; the HTML comes from one
template that escapes everything. Equal input gives the same Message-ID, so that receivers fold a copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from watcher.lines import clean, safe_link, text_of
from watcher.model import Line, Message, Outgoing, Run, digest
from watcher.notifiers._email_settings import addr_spec
from watcher.notifiers._headers import POLICY


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: name and address, and where one leaves the list (`mailto:` or `https:`)."""

    name: str
    address: Address
    list_id: str
    unsubscribe: str
    mailto: str = ""
    """Where one may also write to leave, beside an `https:` address."""


@dataclass(slots=True)
class Block:
    """What the template shows as one: a line, or neighbouring labelled lines as a table."""

    kind: str
    runs: tuple[Run, ...] = ()
    rows: list[tuple[str, tuple[Run, ...]]] = field(default_factory=list)


def message_id(id: str, sender: Sender) -> str:
    """Make the Message-ID of a delivery."""
    name = id if re.fullmatch(r"[A-Za-z0-9._-]{1,100}", id) else digest(id)
    return f"<{name}@{sender.address.domain}>"


def write(outgoing: Outgoing, sender: Sender) -> EmailMessage:
    """Write the letter of one delivery to one address."""
    message = outgoing.message
    to = addr_spec(outgoing.address)
    subject = _sound(clean(message.subject or (text_of(message.lines[0]) if message.lines else ""), 200))
    letter = EmailMessage(policy=POLICY)
    letter["Subject"] = subject
    letter["From"] = Address(sender.name, sender.address.username, sender.address.domain)
    letter["To"] = to
    letter["Date"] = formatdate(usegmt=True)
    letter["Message-ID"] = message_id(outgoing.id, sender)
    _thread(letter, outgoing, sender)
    letter["List-Id"] = f"<{sender.list_id}>"
    leave = leaves_by(outgoing, sender)
    letter["List-Unsubscribe"] = ", ".join(f"<{way}>" for way in (leave, sender.mailto) if way)
    if leave != sender.unsubscribe:
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058: the address itself takes a POST
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(as_text(message.lines), charset="utf-8")
    if not outgoing.plain:
        letter.add_alternative(as_html(message, subject, leave), subtype="html", charset="utf-8")
    for file in message.files:
        maintype, _, subtype = file.type.partition("/")
        content = file.text.encode("utf-8", "replace")
        charset = {"charset": "utf-8"}  # a text without it is shown in the letters of another one
        letter.add_attachment(content, maintype=maintype, subtype=subtype, filename=file.name, params=charset)
    return letter


def leaves_by(outgoing: Outgoing, sender: Sender) -> str:
    """Give where this one recipient leaves: the public address with his token, else where everybody does."""
    if not outgoing.token or not sender.unsubscribe.startswith("https://"):
        return sender.unsubscribe
    return f"{sender.unsubscribe}{'&' if '?' in sender.unsubscribe else '?'}t={outgoing.token}"


def _thread(letter: EmailMessage, outgoing: Outgoing, sender: Sender) -> None:
    """Tie letters of one thread together by a first letter that need not exist (RFC 5322, 3.6.4)."""
    before = [message_id(digest("thread", outgoing.message.thread), sender)] if outgoing.message.thread else []
    if re.fullmatch(r"<[A-Za-z0-9._@-]{1,200}>", outgoing.reply_to):
        letter["In-Reply-To"] = outgoing.reply_to
        before.append(outgoing.reply_to)
    if before:
        letter["References"] = " ".join(before)


def as_text(lines: Iterable[Line]) -> str:
    """Write lines as text, addresses behind what they are named by."""
    return _sound("\n".join(_text_line(line) for line in lines)) + "\n"


def _text_line(line: Line) -> str:
    if line.kind == "title" and len(line.runs) > 1:
        name, badge = "".join(_text(run) for run in line.runs[:-1]), line.runs[-1].text
        return f"{name} [{_text(Run(badge))}]" if badge else name
    return "".join(_text(run) for run in line.runs)


def _text(run: Run) -> str:
    text = run.text.replace("\r", " ").replace("\n", " ")
    link = safe_link(run.link) if run.link else ""
    return f"{text} <{link}>" if link else text


def as_html(message: Message, subject: str, leave: str) -> str:
    """Write a message as one column of HTML that needs no pictures and, its styles being in its tags, no style sheet."""
    russian = message.language != "en"
    titles = [_sound(text_of(replace(line, runs=line.runs[:-1]))) for line in message.lines if line.kind == "title"]
    page = _template().render(
        language="ru" if russian else "en",
        subject=subject,
        before="; ".join(titles[:3])[:200],
        blocks=_blocks(message.lines),
        footer="Вы получили это письмо по подписке." if russian else "You get this mail by subscription.",
        unsubscribe=leave,
        unsubscribe_text="Отписаться" if russian else "Unsubscribe",
    )
    return str(_inliner().inline(page))


@cache
def _inliner() -> Any:
    from css_inline import CSSInliner  # only where letters are written

    return CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def _blocks(lines: Iterable[Line]) -> list[Block]:
    out: list[Block] = []
    for line in lines:
        runs = tuple(Run(_sound(run.text), run.style, safe_link(run.link) if run.link else "") for run in line.runs if run.text)
        if line.kind == "row" and len(runs) > 1 and not runs[0].link:
            if not out or out[-1].kind != "rows":
                out.append(Block("rows"))
            out[-1].rows.append((runs[0].text, runs[1:]))
        elif line.kind == "title" and len(line.runs) > 1:
            badge = Run(_sound(line.runs[-1].text))
            out.append(Block("title", (*(runs[:-1] if line.runs[-1].text else runs), badge)))
        else:
            out.append(Block(line.kind if runs else "space", runs))
    return out


def _sound(text: str) -> str:
    """Replace halves of surrogate pairs, which no charset can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(files("watcher.notifiers").joinpath("letter.html").read_text(encoding="utf-8"))
