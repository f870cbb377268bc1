"""Whatever a job in a child does, the parent gets one clear failure, the next job runs, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from watcher import children
from watcher.children import ChildFailed, Limits, Pool

LIMITS = Limits(memory_bytes=400 * 1024 * 1024, cpu_s=1, job_timeout_s=3.0, answer_bytes=1_000_000, jobs=5, grown_bytes=80 * 1024 * 1024)


@pytest.fixture(autouse=True)
def _misdeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{Path(__file__).parent / 'misdeeds'}{os.pathsep}{children._ENVIRONMENT['PYTHONPATH']}"
    monkeypatch.setitem(children._ENVIRONMENT, "PYTHONPATH", path)


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(1, LIMITS) as opened:
        yield opened


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def fails(pool: Pool, function: str, timeout_s: float | None = None, **header: object) -> ChildFailed:
    with pytest.raises(ChildFailed) as caught:
        await pool.run(f"watcher.misdeeds:{function}", dict(header), b"body", timeout_s)
    return caught.value


async def test_a_job_gets_its_header_and_bytes_and_gives_json(pool: Pool) -> None:
    answer = await pool.run("watcher.misdeeds:echo", {"ключ": ["значение", 1, None]}, b"\x00\xff" * 1_000_000)
    assert answer == {"header": {"ключ": ["значение", 1, None]}, "bytes": 2_000_000}


async def test_children_leave_the_processor_to_the_parent(pool: Pool) -> None:
    await pool.run("watcher.misdeeds:echo", {})
    assert os.getpriority(os.PRIO_PROCESS, pool.pids()[0]) > os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        ("crash", "died"),
        ("leave", "died"),
        ("swell", "died"),
        ("recurse", "raised"),
        ("fail", "raised"),
        ("unwritable", "raised"),
        ("spin", "stalled"),
        ("open_files", "raised"),
        ("nothing", "raised"),
    ],
)
async def test_a_bad_job_fails_alone_and_the_next_one_runs(pool: Pool, function: str, reason: str) -> None:
    assert (await fails(pool, function)).reason == reason
    assert await pool.run("watcher.misdeeds:echo", {}) == {"header": {}, "bytes": 0}


@pytest.mark.parametrize("function", ["hang", "stubborn"])
async def test_a_job_over_its_time_is_killed_for_sure(pool: Pool, function: str) -> None:
    await pool.run("watcher.misdeeds:echo", {})
    (pid,) = pool.pids()
    assert (await fails(pool, function, timeout_s=0.2)).reason == "stalled"
    assert pid not in pool.pids()
    assert await pool.run("watcher.misdeeds:who", {}) != pid
    assert not lives(pid)


async def test_last_words_are_in_the_failure(pool: Pool) -> None:
    assert "last words" in str(await fails(pool, "leave"))


async def test_what_a_job_prints_is_not_its_answer(pool: Pool) -> None:
    assert await pool.run("watcher.misdeeds:noise", {}) == {"answer": "said"}
    assert await pool.run("watcher.misdeeds:echo", {}) == {"header": {}, "bytes": 0}


async def test_an_answer_too_long_is_not_read(pool: Pool) -> None:
    assert (await fails(pool, "huge", bytes=5_000_000)).reason == "died"
    assert len(await pool.run("watcher.misdeeds:huge", {"bytes": 500_000})) == 500_000


async def test_a_child_whose_answer_was_left_unread_is_still_ended() -> None:
    """A pipe that nobody reads hides the end of its process: closing waited for ever."""
    pool = Pool(1, LIMITS)
    for _ in range(8):
        await fails(pool, "huge", bytes=50_000_000)
    async with asyncio.timeout(10):
        await pool.close()


async def test_odd_characters_pass_both_ways(pool: Pool) -> None:
    assert (await pool.run("watcher.misdeeds:odd", {}))["ü"] == "ж"
    assert (await pool.run("watcher.misdeeds:echo", {"x": "\ud83d"}))["header"] == {"x": "\ud83d"}


async def test_a_child_is_replaced_after_so_many_jobs_and_once_it_has_grown(pool: Pool) -> None:
    pids = [await pool.run("watcher.misdeeds:who", {}) for _ in range(11)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [5, 5, 1]
    grown = await pool.run("watcher.misdeeds:grow", {"bytes": 100_000_000})
    assert await pool.run("watcher.misdeeds:who", {}) != grown


async def test_an_idle_child_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Pool(1, Limits(idle_s=0.05)) as pool:
        pid = await pool.run("watcher.misdeeds:who", {})
        async with asyncio.timeout(20):
            while pool.pids() or lives(pid):  # ended, and then reaped
                await asyncio.sleep(0.02)


async def test_no_more_run_at_once_than_the_pool_has_and_the_wait_is_no_part_of_a_jobs_time() -> None:
    async with Pool(2, Limits(jobs=100)) as pool:
        answers = await asyncio.gather(*(pool.run("watcher.misdeeds:who", {}, timeout_s=4) for _ in range(8)))
        assert len(set(answers)) <= 2


async def test_a_cancelled_job_leaves_no_child_that_still_answers(pool: Pool) -> None:
    await pool.run("watcher.misdeeds:echo", {})
    (pid,) = pool.pids()
    job = asyncio.create_task(pool.run("watcher.misdeeds:hang", {}))
    await asyncio.sleep(0.05)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await pool.run("watcher.misdeeds:echo", {"a": 1}) == {"header": {"a": 1}, "bytes": 0}
    assert not lives(pid)


async def test_a_child_killed_from_outside_is_replaced(pool: Pool) -> None:
    pid = await pool.run("watcher.misdeeds:who", {})
    os.kill(pid, signal.SIGKILL)
    again = pid
    while again == pid:
        with contextlib.suppress(ChildFailed):  # the job that found it dead
            again = await pool.run("watcher.misdeeds:who", {})
    assert not lives(pid)


async def test_closing_ends_every_child_and_job_at_once() -> None:
    pool = Pool(2, LIMITS)
    jobs = [asyncio.create_task(pool.run("watcher.misdeeds:hang", {}, timeout_s=60)) for _ in range(4)]
    while len(pool.pids()) < 2:
        await asyncio.sleep(0.02)
    pids = pool.pids()
    async with asyncio.timeout(10):
        await pool.close()
        failed = await asyncio.gather(*jobs, return_exceptions=True)
    assert [error.reason for error in failed if isinstance(error, ChildFailed)] == ["died"] * 4
    assert not any(lives(pid) for pid in pids)


async def test_a_child_inherits_no_files_and_no_secrets(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_TELEGRAM_TOKEN", "canary")
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(20)]
    os.set_inheritable(held[0], True)
    try:
        said = await pool.run("watcher.misdeeds:inherited", {})
    finally:
        for number in held:
            os.close(number)
    assert said["files"] <= 8
    assert "WATCHER_TELEGRAM_TOKEN" not in said["environment"]


@pytest.mark.parametrize(
    "function", ["os:system", "watcher:x", "watcher.child", "watcher.misdeeds:__import__", "watcher..x:y", "subprocess:run"]
)
async def test_only_the_projects_own_functions_can_be_named(pool: Pool, function: str) -> None:
    with pytest.raises((ValueError, ChildFailed)):
        await pool.run(function, {})


async def test_a_thousand_bad_jobs_leak_no_files(pool: Pool) -> None:
    await pool.run("watcher.misdeeds:echo", {})
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(12):
        await fails(pool, "leave")
    await pool.run("watcher.misdeeds:echo", {})
    assert len(os.listdir("/proc/self/fd")) <= before + 2
