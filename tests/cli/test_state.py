"""backup, restore, migrate: a copy of a living store, put back without a flood and without a repetition."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cli.test_daemon import CHAT, Place
from world.site import Site
from world.telegram import BotApi

NEWS = (
    ("Проверка мостов через Оку", "Дорожники осмотрят сорок два пролёта и опоры под водой."),
    ("Проверка складов объявлена", "Инспекторы ищут просроченные огнетушители и запертые выходы."),
    ("Проверка причалов завершена", "Швартовые тумбы заменят до открытия навигации."),
    ("Проверка котельных в Ярославле", "Комиссия принимает паспорта готовности к отопительному сезону."),
)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with Site() as site, BotApi() as telegram:
        made = Place(tmp_path, site, telegram)
        made.write()
        yield made


async def publish(place: Place, *numbers: int) -> None:
    for number in numbers:
        place.site.publish("tass", *NEWS[number])
    assert (await place.run("run", "--once"))[0] == 0


def copies(place: Place) -> list[int]:
    return [sum(title in message.text for message in place.telegram.sent(CHAT)) for title, _ in NEWS]


async def test_what_was_told_after_the_copy_was_made_is_not_told_again_once_it_is_put_back(place: Place) -> None:
    await publish(place, 0)
    assert (await place.run("backup", "kept/copy.db"))[0] == 0
    await publish(place, 1, 2)
    assert copies(place) == [1, 1, 1, 0]
    code, said, _ = await place.run("restore", "kept/copy.db")
    assert (code, "узнаются заново, молча" in said) == (0, True)
    assert (place.folder / "w.db.before-restore").stat().st_size
    await publish(place)
    assert copies(place) == [1, 1, 1, 0]
    await publish(place, 3)
    assert copies(place) == [1, 1, 1, 1]


async def test_a_copy_is_made_under_a_running_daemon_and_put_back_only_without_one(place: Place) -> None:
    async with place.daemon() as daemon:
        await daemon.says('"polled"')
        assert f"служба работает, процесс {daemon.process.pid}\n" in (await place.run("status"))[1]
        assert (await place.run("backup", "copy.db"))[0] == 0
        code, _, said = await place.run("restore", "copy.db")
        assert (code, f"process {daemon.process.pid}" in said, said.split(":")[0]) == (
            3,
            True,
            "Хранилище держит другая служба, сначала остановите её",
        )
    assert (await place.run("restore", "copy.db"))[0] == 0
    assert "служба не запущена\n" in (await place.run("status"))[1]


async def test_what_is_no_sound_copy_is_refused_and_the_store_stays(place: Place) -> None:
    await publish(place, 0)
    before = (place.folder / "w.db").read_bytes()
    for content in (b"", b"no store", before[:9000]):
        (place.folder / "copy.db").write_bytes(content)
        code, _, said = await place.run("restore", "copy.db")
        assert (code, "copy.db" in said, "Traceback" in said) == (1, True, False)
    assert (place.folder / "w.db").read_bytes() == before


async def test_a_backup_that_has_nowhere_to_go_says_so(place: Place) -> None:
    code, _, said = await place.run("backup", "copy.db")
    assert (code, "nothing to back up" in said) == (1, True)
    await publish(place, 0)
    (place.folder / "file").write_text("")
    code, _, said = await place.run("backup", "file/copy.db")
    assert (code, "file" in said, "Traceback" in said) == (1, True, False)


async def test_migrate_says_what_it_found(place: Place) -> None:
    assert (await place.run("migrate"))[1] == "Схема хранилища: 0001 (была: нет)\n"
    assert (await place.run("migrate"))[1] == "Схема хранилища: 0001\n"
