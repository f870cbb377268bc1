"""The lists of a page, found without selectors: by the dates that repeat, and where none do by the links that look like headlines.

    dates and headlines → each climbs as far as it stands alone: an item → or, where no element is around one, the run of elements up to
    the next → items of the same shape in the same kind of place are one list → lists of fewer than two, of comments or menus are none

The items of every dated list are entries: the main list and the lists at the side alike, each with its own dates. See
docs/decisions/0011-page-structure.md.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile

from selectolax.lexbor import LexborNode

from watcher.sources._page_dated import MOST_ITEMS, ancestors, dated_elements
from watcher.sources._page_pieces import HEADINGS, Item, class_of, elements, item_of

_HEADLINE = 25
_LONG = 1_500
_MUCH = 500
_UNDATED_LEAST = 3
_LEADING = 3
_LONGEST_RUN = 12
_COMMENTS = re.compile(r"comment|коммент|review|reply|otziv|chat", re.IGNORECASE)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:menu|nav|navbar|navigation|breadcrumbs?|footer|cookies?|pagination|pager|tags?|socials?|share|banner|login)(?:$|[\s_-])",
    re.IGNORECASE,
)
_FURNITURE_TAGS = frozenset({"nav", "footer", "form"})
_VARYING = re.compile(r"^(?:first|last|odd|even|active|current|new|hot|main|important|item-?\d*|.*\d.*|.*--.*)$", re.IGNORECASE)
_INLINE = frozenset({"a", "b", "strong", "em", "i", "span", "time", "font", "small", "u", "nobr"})


@dataclass(frozen=True, slots=True)
class Found:
    """One item of a list: its elements, what it says, and the day that stands over it where it shows a time of day alone."""

    nodes: tuple[LexborNode, ...]
    item: Item
    day: str = ""
    rest: tuple[LexborNode, ...] = ()
    """What stands between the last item of a flat list and the end of the page's part: no item, and no article either."""
    leading: bool = False


@dataclass(slots=True)
class _Candidate:
    nodes: tuple[LexborNode, ...]
    shape: tuple[str, ...]
    item: Item
    day: str = ""
    rest: tuple[LexborNode, ...] = ()


def lists_of(body: LexborNode) -> tuple[list[Found], list[Found]]:
    """Find the items of all lists in order, undated ones only where nothing is dated; and what stands alone with a load date."""
    candidates = _candidates(dated_elements(body))
    dated = _lists(candidates, 2, lambda item: item.stamp is not None)
    if dated:
        dated = _with_leading(dated, candidates)
    listed = {found.nodes[0].mem_id for found in dated}
    alone = [
        Found(one.nodes, one.item)
        for one in candidates
        if one.item.title and one.item.stamp is not None and one.item.stamp.loaded and one.nodes[0].mem_id not in listed
    ]
    if dated:
        return _with_what_follows(dated), alone
    undated = _lists(_candidates(_headlines(body)), _UNDATED_LEAST, lambda item: item.linked and len(item.title) >= _HEADLINE)
    return _with_what_follows(_best(undated)), alone


def _with_leading(dated: list[Found], candidates: list[_Candidate]) -> list[Found]:
    """Add what is no list by itself but stands beside one: the main news of the day, drawn larger, with a date and a link of its own."""
    listed = {found.nodes[0].mem_id for found in dated}
    known = {found.item.href for found in dated}
    leading = [
        Found(one.nodes, one.item, one.day, leading=True)
        for one in candidates
        if one.nodes[0].mem_id not in listed
        and one.item.single
        and one.item.href not in known
        and one.item.stamp is not None
        and not one.item.stamp.loaded
        and len(one.item.title) >= _HEADLINE
        and len(one.item.lead) < _MUCH
        and not any(
            up.tag == "header" or is_furniture(up) or _COMMENTS.search(class_of(up)) for up in (one.nodes[0], *ancestors(one.nodes[0]))
        )
    ]
    return [*leading, *dated] if len(leading) <= _LEADING else dated


def is_furniture(node: LexborNode) -> bool:
    """Whether an element is a menu, a footer or the like."""
    return node.tag in _FURNITURE_TAGS or bool(_FURNITURE.search(class_of(node)))


def _headlines(body: LexborNode) -> list[LexborNode]:
    out = []
    for link in body.css("a[href]"):
        text = " ".join(link.text(deep=True, separator=" ").split())
        if len(text) >= _HEADLINE and text.count(" ") >= 2 and not any(is_furniture(up) for up in ancestors(link)):
            out.append(link)
    return out[: 2 * MOST_ITEMS]


def _lists(candidates: list[_Candidate], least: int, fits: Callable[[Item], bool]) -> list[Found]:
    fitting = [one for one in candidates if one.item.title and fits(one.item) and not _is_comment(one.nodes[0])]
    sizes = Counter(one.shape for one in fitting)
    by_shape: dict[tuple[str, ...], list[_Candidate]] = defaultdict(list)
    for one in fitting:
        by_shape[one.shape].append(one)
    loaded = {shape for shape, group in by_shape.items() if 2 * sum(_is_loaded(one) for one in group) >= len(group)}
    kept = [
        one
        for one in fitting
        if sizes[one.shape] >= least and not _is_article(one, by_shape[one.shape]) and (not _is_loaded(one) or one.shape in loaded)
    ]
    return [Found(one.nodes, one.item, one.day, one.rest) for one in kept][:MOST_ITEMS]


def _is_loaded(one: _Candidate) -> bool:
    return one.item.stamp is not None and one.item.stamp.loaded


def _is_article(one: _Candidate, group: list[_Candidate]) -> bool:
    """Whether an item says so much more than the others of its list that it is the article beside them."""
    lengths = sorted(len(other.item.lead) for other in group)
    if len(group) < 3:
        return len(one.item.lead) > _LONG
    return len(one.item.lead) > _MUCH and len(one.item.lead) > 4 * lengths[len(lengths) // 2]


def _with_what_follows(found: list[Found]) -> list[Found]:
    """Add to each item the elements between it and the next, where every item of its list is followed by some: leads beside their items."""
    by_parent: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(found):
        if len(one.nodes) == 1 and one.nodes[0].parent is not None:
            by_parent[one.nodes[0].parent.mem_id].append(number)
    out = list(found)
    for numbers in by_parent.values():
        starts = {found[number].nodes[0].mem_id for number in numbers}
        gaps = [_following(found[number].nodes[0], starts, 4) for number in numbers]
        common = min((len(gap) for gap in gaps[:-1]), default=0)
        for number, gap in zip(numbers, gaps, strict=True):
            if common and not any(node.tag in HEADINGS for node in gap[:common]):
                nodes = (found[number].nodes[0], *gap[:common])
                lead = item_of(nodes).lead
                out[number] = replace(found[number], nodes=nodes, item=replace(found[number].item, lead=lead))
    return out


def _following(node: LexborNode, starts: set[int], most: int) -> list[LexborNode]:
    """The elements after one, up to the next item or to `most`."""
    out: list[LexborNode] = []
    here = node.next
    while here is not None and here.mem_id not in starts and len(out) < most:
        if here.tag and not here.tag.startswith(("-", "!")):
            out.append(here)
        here = here.next
    return out


def _best(found: list[Found]) -> list[Found]:
    """Of lists without dates take the one whose headlines weigh most; the others are menus and related links."""
    groups: dict[tuple[str, ...], list[Found]] = defaultdict(list)
    for one in found:
        groups[_shape(one.nodes[0])].append(one)
    return max(groups.values(), key=lambda group: sum(len(one.item.title) + min(200, len(one.item.lead)) for one in group), default=[])


def _candidates(anchors: list[LexborNode]) -> list[_Candidate]:
    climbed = _climbed(anchors)
    for _ in range(2):
        merged = _merged(climbed)
        if merged is None:
            break
        climbed = _climbed(merged)
    out: list[_Candidate] = []
    day = ""
    runs = _runs(climbed)
    tops = {top.mem_id for _, top in climbed}
    for number, run in enumerate(runs):
        nodes = _as_usual(run, runs[max(0, number - 2) : number]) if run[0].mem_id in tops and _is_last(run, runs[number + 1 :]) else run
        item = item_of(nodes)
        alone = item.stamp is not None and not item.stamp.clock
        if not item.title and alone and item.stamp is not None:
            day = item.stamp.raw
            continue
        day_over = day if item.stamp is not None and item.stamp.clock else ""
        out.append(_Candidate(nodes, _shape(nodes[0]), item, day_over, run[len(nodes) :]))
    return out


def _climbed(anchors: list[LexborNode]) -> list[tuple[LexborNode, LexborNode]]:
    counts = _counts(anchors)
    return [(anchor, _climb(anchor, counts)) for anchor in anchors]


def _counts(anchors: list[LexborNode]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for anchor in anchors:
        counts.update([anchor.mem_id, *(up.mem_id for up in ancestors(anchor))])
    return counts


def _climb(anchor: LexborNode, counts: Counter[int]) -> LexborNode:
    """Give the largest element around an anchor that holds no other."""
    here = anchor
    for up in ancestors(anchor):
        if counts[up.mem_id] > 1 or up.tag in ("body", "main"):
            break
        here = up
    return here


def _merged(climbed: list[tuple[LexborNode, LexborNode]]) -> list[LexborNode] | None:
    """Where an element holds several dates and but one headline, take it for one anchor; None where there is nothing to merge."""
    by_parent: dict[int, list[LexborNode]] = defaultdict(list)
    for _, top in climbed:
        if top.parent is not None:
            by_parent[top.parent.mem_id].append(top)
    merged: set[int] = set()
    for tops in by_parent.values():
        parent = tops[0].parent
        if len(tops) < 2 or len(tops) > 4 or parent is None or parent.tag in ("body", "main"):
            continue
        titled = sum(bool(item_of(nodes).title) for nodes in _runs([(top, top) for top in tops]))
        if titled <= 1 and _has_twins(parent):
            merged.add(parent.mem_id)
    if not merged:
        return None
    out: dict[int, LexborNode] = {}
    for anchor, top in climbed:
        parent = top.parent
        kept = parent if parent is not None and parent.mem_id in merged else anchor
        out.setdefault(kept.mem_id, kept)
    return list(out.values())


def _has_twins(node: LexborNode) -> bool:
    shape = _own_shape(node)
    return node.parent is not None and sum(_own_shape(other) == shape for other in elements(node.parent)) >= 2


def _runs(climbed: list[tuple[LexborNode, LexborNode]]) -> list[tuple[LexborNode, ...]]:
    """Give each item its elements: the one it climbed to, or in a flat list all up to the next date."""
    out: list[tuple[LexborNode, ...]] = []
    tops = [top for _, top in climbed]
    known = {top.mem_id for top in tops}
    for top in tops:
        if item_of((top,)).title or top.parent is None:
            out.append((top,))
            continue
        leads = not _has_headline_before(top, known)
        out.append(_run(top, known, forward=leads))
    return out


def _is_last(run: tuple[LexborNode, ...], after: list[tuple[LexborNode, ...]]) -> bool:
    return len(run) > 1 and not (after and _same_parent(after[0][0], run[0]))


def _as_usual(run: tuple[LexborNode, ...], before: list[tuple[LexborNode, ...]]) -> tuple[LexborNode, ...]:
    """Cut the last run of a flat list to what those before it are like, since what follows the list is none of its items."""
    beside = [other for other in before if _same_parent(other[0], run[0])]
    if not beside:
        return run
    tags = {node.tag for other in beside for node in other}
    longest = max(map(len, beside))
    return tuple(takewhile(lambda node: node.tag in tags, run[:longest])) or run


def _same_parent(one: LexborNode, other: LexborNode) -> bool:
    return one.parent is not None and other.parent is not None and one.parent.mem_id == other.parent.mem_id


def _has_headline_before(top: LexborNode, known: set[int]) -> bool:
    """Whether the elements before the first date of a flat list hold a headline, so that dates end items rather than begin them."""
    if top.parent is None:
        return False
    before = []
    for child in elements(top.parent):
        if child.mem_id in known:
            break
        before.append(child)
    return bool(before) and bool(item_of(before).href)


def _run(top: LexborNode, known: set[int], *, forward: bool) -> tuple[LexborNode, ...]:
    out = [top]
    here = top
    while sum(one.tag != "br" for one in out) < _LONGEST_RUN and len(out) < 4 * _LONGEST_RUN:
        other = here.next if forward else here.prev
        if other is None or other.mem_id in known:
            break
        here = other
        if forward and here.tag in ("h1", "h2") and len(out) > 2:
            break
        out.append(here)
    return tuple(out if forward else reversed(out))


def _shape(node: LexborNode) -> tuple[str, ...]:
    """What an element and the two around it look like: items of one list share it."""
    return tuple(_own_shape(one) for one in (node, *ancestors(node)[:2]))


def _own_shape(node: LexborNode) -> str:
    names = sorted(name for name in (node.attributes.get("class") or "").split() if not _VARYING.match(name))
    return f"{node.tag}.{'.'.join(names)}"


def _is_comment(node: LexborNode) -> bool:
    return any(_COMMENTS.search(class_of(up)) for up in (node, *ancestors(node)))
