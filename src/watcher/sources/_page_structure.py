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

from selectolax.lexbor import LexborNode

from watcher.sources._markup import clean
from watcher.sources._page_dates import stamp
from watcher.sources._page_pieces import HEADINGS, SILENT, Item, class_of, elements, item_of

_MOST_ITEMS = 1_000
_MOST_NODES = 200_000
_DEEPEST = 150
_HEADLINE = 25
_LONG = 1_500
_MUCH = 500
_UNDATED_LEAST = 3
_UNDATED_TITLE = 30
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


@dataclass(slots=True)
class _Candidate:
    nodes: tuple[LexborNode, ...]
    shape: tuple[str, ...]
    item: Item
    day: str = ""


def lists_of(body: LexborNode) -> tuple[list[Found], list[Found]]:
    """Find the items of all lists in order, undated ones only where nothing is dated; and what stands alone with a load date."""
    candidates = _candidates(_dated_elements(body))
    dated = _lists(candidates, 2, lambda item: item.stamp is not None)
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


def is_furniture(node: LexborNode) -> bool:
    """Whether an element is a menu, a footer or the like."""
    return node.tag in _FURNITURE_TAGS or bool(_FURNITURE.search(class_of(node)))


def ancestors(node: LexborNode) -> list[LexborNode]:
    """The elements around one, from the inside; on a page that is nested beyond reason not all of them."""
    out: list[LexborNode] = []
    here = node.parent
    while here is not None and here.tag not in (None, "-undef", "html", "-document") and len(out) < _DEEPEST:
        out.append(here)
        here = here.parent
    return out


def _dated_elements(body: LexborNode) -> list[LexborNode]:
    """Elements that show a date of their own, in order of the page."""
    found: dict[int, LexborNode] = {}
    for count, node in enumerate(body.traverse(include_text=True)):
        if count > _MOST_NODES:
            break
        holder: LexborNode | None = None
        if node.tag == "-text":
            text = clean(node.text_content or "").strip()
            if 4 <= len(text) <= 250 and stamp(text) is not None:
                holder = node.parent
        elif node.tag == "time" or (node.tag not in SILENT and _holds_split_date(node)):
            holder = node
        if holder is not None and holder.tag not in SILENT and not any(up.mem_id in found for up in (holder, *ancestors(holder)[:2])):
            found[holder.mem_id] = holder
    return _without_dated_leads(list(found.values()))[: 2 * _MOST_ITEMS]


def _without_dated_leads(found: list[LexborNode]) -> list[LexborNode]:
    """Leave out what begins with a date right beside one that stands alone: the lead of an item, which says when it happened."""
    out: list[LexborNode] = []
    for node in found:
        before = out[-1] if out else None
        if before is not None and before.parent is not None and node.parent is not None and before.parent.mem_id == node.parent.mem_id:
            linked = node.tag in ("a", *HEADINGS) or node.css_first("a[href]") is not None
            if not linked and not _is_alone(node) and _is_alone(before):
                continue
        out.append(node)
    return out


def _is_alone(node: LexborNode) -> bool:
    shown = stamp(" ".join(clean(node.text(deep=True, separator=" ")).split()))
    return shown is not None and shown.alone


def _holds_split_date(node: LexborNode) -> bool:
    """Whether an element called a date holds one whose parts stand in elements of their own."""
    if "date" not in class_of(node).lower() or node.child is None:
        return False
    text = " ".join(node.text(deep=True, separator=" ").split())
    if not 4 <= len(text) <= 40:
        return False
    shown = stamp(text)
    return shown is not None and shown.alone


def _headlines(body: LexborNode) -> list[LexborNode]:
    out = []
    for link in body.css("a[href]"):
        text = " ".join(link.text(deep=True, separator=" ").split())
        if len(text) >= _HEADLINE and text.count(" ") >= 2 and not any(is_furniture(up) for up in ancestors(link)):
            out.append(link)
    return out[: 2 * _MOST_ITEMS]


def _lists(candidates: list[_Candidate], least: int, fits: Callable[[Item], bool]) -> list[Found]:
    fitting = [one for one in candidates if one.item.title and fits(one.item) and not _is_comment(one.nodes[0])]
    sizes = Counter(one.shape for one in fitting)
    by_shape: dict[tuple[str, ...], list[_Candidate]] = defaultdict(list)
    for one in fitting:
        by_shape[one.shape].append(one)
    kept = [one for one in fitting if sizes[one.shape] >= least and not _is_article(one, by_shape[one.shape])]
    return [Found(one.nodes, one.item, one.day) for one in kept][:_MOST_ITEMS]


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
                out[number] = Found(nodes, replace(found[number].item, lead=lead), found[number].day)
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
    fitting = [group for group in groups.values() if sum(len(one.item.title) for one in group) / len(group) >= _UNDATED_TITLE]
    return max(fitting, key=lambda group: sum(len(one.item.title) + min(200, len(one.item.lead)) for one in group), default=[])


def _candidates(anchors: list[LexborNode]) -> list[_Candidate]:
    climbed = _climbed(anchors)
    for _ in range(2):
        merged = _merged(climbed)
        if merged is None:
            break
        climbed = _climbed(merged)
    out: list[_Candidate] = []
    day = ""
    for nodes in _runs(climbed):
        item = item_of(nodes)
        alone = item.stamp is not None and not item.stamp.clock
        if not item.title and alone and item.stamp is not None:
            day = item.stamp.raw
            continue
        out.append(_Candidate(nodes, _shape(nodes[0]), item, day if item.stamp is not None and item.stamp.clock else ""))
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
    while len(out) < 12:
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
