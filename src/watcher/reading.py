"""Read the articles of entries whose lead does not say enough.

    store.joint.wanted_articles → fetch → extract (child) → store.joint.article → owed its judgement again

Late or failed is no obstacle: the entry is judged on what there is, and the failure is a fact that `why` shows.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from watcher.children import ChildFailed, Children
from watcher.errors import SourceError
from watcher.fetch import Fetch, Request
from watcher.model import Entry
from watcher.sources import Options
from watcher.store import Store

EXTRACT = "watcher.extract:extract_json"
WITHIN = timedelta(seconds=20)


async def read(entry: Entry, options: Options, fetch: Fetch, children: Children, store: Store) -> str:
    """Read one article and keep it. Gives why it failed, empty where it did not."""
    text, error = "", ""
    try:
        async with asyncio.timeout(WITHIN.total_seconds()):
            text = await _text(entry, options, fetch, children)
    except (SourceError, ChildFailed) as failed:
        error = str(failed)
    except TimeoutError:
        error = f"not read within {WITHIN.total_seconds():.0f} s"
    if not error and not text.strip():
        error = "no main text found"
    await store.call(store.joint.article, entry.id, text, error)
    return error


async def _text(entry: Entry, options: Options, fetch: Fetch, children: Children) -> str:
    request = Request(entry.url, options.headers, timeout=WITHIN, proxy=options.proxy, extra_ca=options.extra_ca)
    fetched = await fetch(request)
    header = {"url": fetched.url, "content_type": fetched.headers.get("content-type", "")}
    answer = await children.run(EXTRACT, header, fetched.body, timeout_s=10)
    return str(answer.get("text", ""))
