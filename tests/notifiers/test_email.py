"""The mail notifier before a real SMTP server on loopback."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32, default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from notifiers.contract import Contract, Stage, failure, message, outgoing
from notifiers.test_telegram import closed_port
from watcher.errors import AddressGone, DeliveryDeferred, DeliveryRejected, DeliveryUncertain
from watcher.model import File, Line, Message, Outgoing, Run
from watcher.notifiers import _letter, email
from watcher.notifiers._email_settings import addr_spec
from world.smtp import Mailbox

TO = "reader@example.org"


def config(port: int, **more: Any) -> email.Config:
    return email.Config.model_validate(
        {"host": "127.0.0.1", "port": port, "security": "none", "sender": "Дозор <watcher@example.org>", **more}
    )


class EmailStage(Stage):
    def __init__(self, mail: Mailbox) -> None:
        self.mail = mail
        self.address = TO
        self.notifier: email.Email = email.open_notifier(config(mail.port))

    def busy(self) -> None:
        self.mail.rcpt.append("451 4.7.1 greylisted, come again")

    def broken(self) -> None:
        self.mail.mail_from.append("421 4.3.2 shutting down")

    def swallow(self) -> None:
        self.mail.data.append("swallow")

    def refuse(self) -> None:
        self.mail.data.append("554 5.7.1 looks like spam")

    def gone(self) -> None:
        self.mail.rcpt.append("550 5.1.1 no such user")

    async def unplug(self) -> None:
        self.notifier = email.open_notifier(config(closed_port()))

    def texts(self) -> list[str]:
        return [body(letter.message, "plain") for letter in self.mail.letters]


def body(letter: Any, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture
async def stage() -> AsyncIterator[EmailStage]:
    async with Mailbox() as mail:
        yield EmailStage(mail)


class TestContract(Contract):
    pass


# ------------------------------------------------------------------------------------------------- where it broke
@pytest.mark.parametrize(
    ("command", "answer", "kind", "reason"),
    [
        ("mail_from", "451 4.3.0 later", DeliveryDeferred, "later"),
        ("mail_from", "553 5.1.8 sender refused", DeliveryRejected, "refused"),
        ("mail_from", "530 5.7.0 authentication required", DeliveryDeferred, "auth"),
        ("mail_from", "drop", DeliveryDeferred, "broken"),
        ("rcpt", "450 4.2.0 greylisted", DeliveryDeferred, "later"),
        ("rcpt", "550 no such user here", AddressGone, "mailbox"),
        ("rcpt", "550 5.7.1 relaying denied", DeliveryRejected, "bounce"),
        ("rcpt", "550 5.2.1 mailbox disabled", AddressGone, "mailbox"),
        ("rcpt", "552 5.2.2 mailbox full", DeliveryRejected, "bounce"),
        ("rcpt", "drop", DeliveryDeferred, "broken"),
        ("data", "451 4.3.0 later", DeliveryDeferred, "later"),
        ("data", "554 5.6.0 content refused", DeliveryRejected, "refused"),
        ("data", "swallow", DeliveryUncertain, "lost"),
        ("data", "drop", DeliveryUncertain, "lost"),
    ],
)
async def test_each_failure_is_known_by_its_phase(stage: EmailStage, command: str, answer: str, kind: type[Exception], reason: str) -> None:
    getattr(stage.mail, command).append(answer)
    error = await failure(stage)
    assert (type(error), error.reason) == (kind, reason)


async def test_a_break_before_the_letter_was_asked_for_is_certain(stage: EmailStage) -> None:
    stage.mail.drop_at_data = True
    error = await failure(stage)
    assert (type(error), error.reason) == (DeliveryDeferred, "broken")


async def test_silence_after_the_dot_is_uncertain(stage: EmailStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "_STEP_S", 0.2)  # twenty seconds otherwise
    stage.mail.data.append("hang")
    assert isinstance(await failure(stage), DeliveryUncertain)
    assert len(stage.mail.letters) == 1


async def test_a_wrong_password_stops_the_notifier_and_is_not_shown() -> None:
    async with Mailbox(password="right") as mail:
        notifier = email.open_notifier(config(mail.port, username="watcher", password="canary-password"))
        with pytest.raises(DeliveryDeferred) as caught:
            await notifier.send(Outgoing("d", TO, message()))
    assert (caught.value.reason, caught.value.scope) == ("auth", "notifier")
    assert "canary-password" not in f"{caught.value} {caught.value.__cause__!r} {notifier!r}"


# ------------------------------------------------------------------------------------------------- encryption
@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    return tmp_path / "ca.pem"


async def test_starttls_with_a_trusted_certificate_carries_the_password_and_the_letter(ca_file: Path) -> None:
    async with Mailbox(starttls=True, password="canary-password") as mail:
        assert mail.ca is not None
        mail.ca.cert_pem.write_to_path(str(ca_file))
        notifier = email.open_notifier(
            config(mail.port, security="starttls", username="w", password="canary-password", ca_file=str(ca_file))
        )
        assert await notifier.check() == f"127.0.0.1:{mail.port}, starttls, w"
        await notifier.send(Outgoing("d", TO, message()))
    assert len(mail.letters) == 1
    assert set(mail.passwords_seen) == {b"canary-password"}


async def test_tls_from_the_first_byte_works_too(ca_file: Path) -> None:
    async with Mailbox(tls=True) as mail:
        assert mail.ca is not None
        mail.ca.cert_pem.write_to_path(str(ca_file))
        await email.open_notifier(config(mail.port, security="tls", ca_file=str(ca_file))).send(Outgoing("d", TO, message()))
    assert len(mail.letters) == 1


async def test_a_server_without_starttls_gets_neither_password_nor_letter() -> None:
    async with Mailbox(password="canary-password") as mail:
        notifier = email.open_notifier(config(mail.port, security="starttls", username="w", password="canary-password"))
        with pytest.raises(DeliveryDeferred) as caught:
            await notifier.send(Outgoing("d", TO, message()))
    assert (caught.value.reason, caught.value.scope) == ("tls", "notifier")
    assert (mail.letters, mail.passwords_seen) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["127.0.0.1", "mail.example.com"])
async def test_an_untrusted_or_foreign_certificate_gets_nothing(security: str, name: str, ca_file: Path) -> None:
    async with Mailbox(starttls=security == "starttls", tls=security == "tls", password="p", served_name=name) as mail:
        assert mail.ca is not None
        mail.ca.cert_pem.write_to_path(str(ca_file))
        trusted = {"ca_file": str(ca_file)} if name != "127.0.0.1" else {}
        notifier = email.open_notifier(config(mail.port, security=security, username="w", password="p", **trusted))
        with pytest.raises(DeliveryDeferred) as caught:
            await notifier.send(Outgoing("d", TO, message()))
    assert caught.value.reason == "tls"
    assert (mail.letters, mail.passwords_seen) == ([], [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "mail.example.org", "username": "w", "password": "canary-password"},  # security: none
        {"sender": "no address"},
        {"sender": "a@example.org, b@example.org"},
        {"password": "p"},
        {"unsubscribe": "http://example.org"},
        {"list_id": "a\r\nBcc: b@example.org"},
        {"security": "maybe"},
    ],
)
def test_a_wrong_setting_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config(25, **wrong)


# ------------------------------------------------------------------------------------------------- the letter
async def test_headers_tie_letters_together_and_say_how_to_leave(stage: EmailStage) -> None:
    first = await stage.notifier.send(outgoing(stage, id="aa11"))
    await stage.notifier.send(outgoing(stage, id="bb22", reply_to=first))
    one, two = (letter.message for letter in stage.mail.letters)
    assert (first, one["Message-ID"], two["Message-ID"]) == ("<aa11@example.org>", "<aa11@example.org>", "<bb22@example.org>")
    assert two["In-Reply-To"] == first
    assert two["References"].split() == [*one["References"].split(), first]
    assert (one["From"], one["To"], one["Subject"]) == ("Дозор <watcher@example.org>", TO, "Квота")
    assert one["List-Id"] == "<watcher.example.org>"
    assert one["List-Unsubscribe"] == "<mailto:watcher@example.org?subject=unsubscribe>"
    assert one["Auto-Submitted"] == "auto-generated"
    assert one["Date"]
    assert stage.mail.letters[0].to == [TO]


async def test_the_address_to_leave_by_is_never_encoded_nor_broken_however_long(stage: EmailStage) -> None:
    page = f"https://{'a-long-name.' * 6}example.org/unsubscribe"
    stage.notifier = email.open_notifier(config(stage.mail.port, unsubscribe=page))
    await stage.notifier.send(replace(outgoing(stage), token="c8574c7ae4eebfc53c6e77c7443e390a.d505bb89caadaf3027778b46940e6ce0"))
    raw = stage.mail.letters[0].raw.split(b"\r\n\r\n")[0]
    assert re.search(rb"^List-Unsubscribe: <%s\?t=[0-9a-f.]{65}>,\r$" % re.escape(page.encode()), raw, re.MULTILINE)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw + b"\r\n"


def test_a_file_says_in_which_charset_it_is() -> None:
    files = (File("measures.csv", "text/csv", "\ufeffмера;вид\r\n"), File("watcher.ics", "text/calendar", "SUMMARY:Срок\r\n"))
    letter = _letter.write(
        Outgoing("d", TO, Message((Line((Run("x"),)),), files=files)), _letter.Sender("W", addr_spec("w@x.org"), "l", "m")
    )
    read = message_from_bytes(letter.as_bytes(), policy=default)
    assert [part.get_content() for part in read.iter_attachments()] == [file.text for file in files]


WORDS = ["Сводка", "22\xa0февраля:", "1\xa0кластер,", "закупок", "—", "№", "1875", "ТН", "ВЭД", "[watcher]", "a", "test"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=18))
@example(["[watcher]"] * 7)  # ASCII that is folded
def test_long_subjects_and_names_keep_their_words_apart(words: list[str]) -> None:
    text = " ".join(words)
    sender = _letter.Sender(text[:60].strip(), addr_spec("w@example.org"), "l", "mailto:w@example.org")
    letter = _letter.write(Outgoing("d", TO, Message((Line((Run("x"),)),), text)), sender)
    read = message_from_bytes(letter.as_bytes(), policy=compat32)
    unfolded = [re.sub(r"\r?\n", "", read[header]) for header in ("Subject", "From")]  # RFC 5322, 2.2.3
    subject, name = (str(make_header(decode_header(header))) for header in unfolded)
    assert subject == letter["Subject"]
    assert name.removesuffix("<w@example.org>").strip().strip('"') == sender.name
    assert all(len(line) < 80 for line in letter.as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n"))


async def test_a_repeated_delivery_has_the_same_message_id(stage: EmailStage) -> None:
    ids = {await stage.notifier.send(outgoing(stage, id="same")) for _ in range(2)}
    assert len(ids) == 1


async def test_text_comes_first_and_html_holds_the_same(stage: EmailStage) -> None:
    lines = (
        Line((Run("🏭 "), Run("Кластер <b>", "b")), kind="heading"),
        Line((), kind="space"),
        Line((Run("Стадия:", "b"), Run(" "), Run("проект & далее")), kind="row"),
        Line((Run("Пресса:", "b"), Run(" "), Run("ТАСС", link="https://example.org/?a=1&b=2")), kind="row"),
    )
    await stage.notifier.send(outgoing(stage, Message(lines, "Кластер")))
    letter = stage.mail.letters[0].message
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert body(letter, "plain") == "🏭 Кластер <b>\n\nСтадия: проект & далее\nПресса: ТАСС <https://example.org/?a=1&b=2>\n"
    seen = Reader(body(letter, "html"))
    assert seen.links[0] == "https://example.org/?a=1&b=2"
    assert "Кластер <b>" in seen.text
    assert "проект & далее" in seen.text
    assert not {"img", "script", "details"} & seen.tags


async def test_a_line_of_a_single_dot_arrives(stage: EmailStage) -> None:
    await stage.notifier.send(outgoing(stage, message("начало", ".", "..конец", "From the end")))
    assert stage.texts() == ["начало\n.\n..конец\nFrom the end\n"]


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b", "a@b, c@d", "a@b\r\nRCPT TO:<c@d>", "<a@b>", "a b@c", '"a b"@c.org', "a@b..c", "имя@example.org", "a@-b.org"],
)
async def test_what_is_not_one_address_is_rejected_before_anything_is_sent(stage: EmailStage, address: str) -> None:
    with pytest.raises(DeliveryRejected) as caught:
        await stage.notifier.send(Outgoing("d", address, message()))
    assert caught.value.reason == "address"


async def test_an_international_domain_is_sent_in_its_ascii_form(stage: EmailStage) -> None:
    await stage.notifier.send(Outgoing("d", "desk@пример.рф", message()))
    assert stage.mail.letters[0].to == ["desk@xn--e1afmkfd.xn--p1ai"]


class Reader(HTMLParser):
    """What a mail program would show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = st.text(st.characters(), max_size=60) | st.sampled_from(
    [
        "\r\nBcc: victim@example.org",
        "\n\n<html>",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "\r\n.\r\n",
        "=?utf-8?q?x?=",
        "\udc80",
        '"><img src=x>',
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(subject=st.lists(HOSTILE, max_size=3).map("".join), text=st.lists(HOSTILE, max_size=3).map("".join), url=HOSTILE)
def test_no_text_changes_headers_or_the_structure_of_the_page(subject: str, text: str, url: str) -> None:
    sender = _letter.Sender("W", addr_spec("w@example.org"), "watcher.example.org", "mailto:w@example.org")
    lines = (Line((Run(text), Run("имя", "b", url))), Line((Run("Было:", "b"), Run(text)), kind="row"))
    letter = _letter.write(Outgoing("id", TO, Message(lines, subject, thread=subject), reply_to=url), sender)
    wire = letter.as_bytes()
    head, _, _ = wire.partition(b"\r\n\r\n")
    names = [line.split(b":")[0].decode().casefold() for line in re.split(rb"\r\n(?![ \t])", head)]
    allowed = {
        "subject",
        "from",
        "to",
        "date",
        "message-id",
        "references",
        "list-id",
        "list-unsubscribe",
        "auto-submitted",
        "mime-version",
        "content-type",
    }
    assert set(names) <= allowed
    assert len(names) == len(set(names))
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert max(len(line) for line in email.stuffed(wire).split(b"\r\n")) <= 998
    seen = Reader(body(letter, "html"))
    assert seen.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "div",
        "h1",
        "h2",
        "p",
        "table",
        "tr",
        "td",
        "strong",
        "em",
        "code",
        "a",
        "tbody",
        "style",
    }
    assert all(link.startswith(("https://", "http://", "mailto:w@")) for link in seen.links)
    assert not {name for name in seen.attributes if name.startswith("on")}


def test_stuffing_ends_with_one_dot_and_doubles_leading_ones() -> None:
    assert email.stuffed(b"a\r\n.\r\n.b\nc\rd\r\n") == b"a\r\n..\r\n..b\r\nc\r\nd\r\n.\r\n"


def test_config_hides_the_password() -> None:
    hidden = config(25, host="localhost", username="w", password="canary-password")
    assert "canary-password" not in repr(hidden) + repr(email.open_notifier(hidden))
