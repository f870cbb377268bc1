"""Read the articles of entries whose lead does not say enough.

    store.joint.wanted_articles → fetch → main text (child) → store.joint.article → owed its judgement again

Late or failed is no obstacle: the entry is judged on what there is, and the failure is a fact that `why` shows.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from watcher.children import ChildFailed, Children
from watcher.errors import SourceError
from watcher.fetch import Fetch, Request
from watcher.identity import same_site
from watcher.model import Entry
from watcher.sources import Options
from watcher.store import Store

ARTICLE = "watcher.sources._article:article"
WITHIN = timedelta(seconds=20)
_PARSE_WITHIN_S = 10.0


async def read(entry: Entry, options: Options, fetch: Fetch, children: Children, store: Store) -> str:
    """Read one article and keep it. Gives why it failed, empty where it did not."""
    text, error = "", ""
    try:
        async with asyncio.timeout(WITHIN.total_seconds()):
            text, error = await _text(entry, options, fetch, children)
    except SourceError as failed:
        error = str(failed)
    except ChildFailed as failed:
        error = f"the page could not be read: its parser {failed.reason}"
    except TimeoutError:
        error = f"not read within {WITHIN.total_seconds():.0f} s"
    await store.call(store.joint.article, entry.id, text, error)
    return error


async def _text(entry: Entry, options: Options, fetch: Fetch, children: Children) -> tuple[str, str]:
    """Give the main text, or why there is none."""
    own = options.headers if same_site(entry.url, options.url) else {}  # they may hold a key, and a feed links anywhere
    request = Request(entry.url, own, timeout=WITHIN, proxy=options.proxy, extra_ca=options.extra_ca, old_tls=options.old_tls)
    fetched = await fetch(request)
    header = {"url": fetched.url, "content_type": fetched.headers.get("content-type", "")}
    answer = await children.run(ARTICLE, header, fetched.body, timeout_s=_PARSE_WITHIN_S)
    return str(answer.get("text", "")), str(answer.get("message", ""))
