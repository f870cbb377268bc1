"""The log of claims, and what an operator ruled of dossiers.

Claims are replaced by entry, in the transaction that judges it; rulings are never deleted, and steer where the claims of an entry go: a
dossier merged into another gets none any more, an entry that was split off keeps to its new dossier however often it is judged. What the
claims come to is folded in `watcher.dossiers`; nothing here knows what they mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from watcher import codec
from watcher.model import Claim, digest
from watcher.store.database import Database
from watcher.store.notes import put
from watcher.store.tables import claims, dossier_keys, dossiers, entries, meta, rulings

_IN = 400  # values in one IN (…)


@dataclass(frozen=True, slots=True)
class Ruling:
    """One line of the audit: who decided what of a dossier, and when."""

    at: datetime
    who: str
    action: str
    dossier: str
    entry: str = ""
    content: Mapping[str, Any] | None = None


class Dossiers:
    """Dossiers as they are stored: claims by dossier, keys, rulings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------------------------------------------- for judging
    def candidates(self, keys: Collection[str], since: datetime) -> dict[str, list[Claim]]:
        """Give the claims of every dossier that has one of the keys: dossier → claims, oldest first.

        Keys that begin with `~` are weak: they find only dossiers of which something was said since then.
        """
        with self._database.read() as tx:
            strong = _having(tx, [key for key in keys if not key.startswith("~")], None)
            weak = _having(tx, [key for key in keys if key.startswith("~")], since)
            return _claims_of(tx, sorted(strong | weak))

    def claims(self, dossier: str) -> list[Claim]:
        """Give the claims of one dossier, oldest first; of one that was merged, those of the other."""
        with self._database.read() as tx:
            return _claims_of(tx, [_resolve(tx, dossier)]).get(_resolve(tx, dossier), [])

    # ------------------------------------------------------------------------------------------------- for looking
    def find(self, keys: Collection[str]) -> list[str]:
        """Give the ids of the dossiers that have one of the keys (`act:постановление:779`, `bill:…`, `good:…`, `story:…`, `entry:…`)."""
        with self._database.read() as tx:
            found = set(_having(tx, [key for key in keys if not key.startswith("entry:")], None))
            named = [key.removeprefix("entry:") for key in keys if key.startswith("entry:")]
            found |= set(tx.execute(select(claims.c.dossier).where(claims.c.entry.in_(named))).scalars())
            return sorted(found)

    def of_story(self, story: str) -> list[str]:
        """Give the dossiers that the entries of a story told of."""
        wanted = select(claims.c.dossier).join(entries, entries.c.id == claims.c.entry).where(entries.c.story == story).distinct()
        with self._database.read() as tx:
            return sorted(tx.execute(wanted).scalars())

    def recent(self, limit: int, offset: int = 0) -> dict[str, list[Claim]]:
        """Give the dossiers of which something was said last, newest first."""
        wanted = select(dossiers.c.id).where(dossiers.c.into == "").order_by(dossiers.c.seen.desc(), dossiers.c.id)
        wanted = wanted.limit(limit).offset(offset)
        with self._database.read() as tx:
            ids = list(tx.execute(wanted).scalars())
            found = _claims_of(tx, ids)
            return {id: found[id] for id in ids if id in found}

    def everything(self) -> list[tuple[str, str, frozenset[str], list[Claim]]]:
        """Give every dossier that is not merged into another: (id, kind, keys, claims)."""
        with self._database.read() as tx:
            kinds = {row.id: row.kind for row in tx.execute(select(dossiers).where(dossiers.c.into == ""))}
            named: dict[str, set[str]] = {}
            for row in tx.execute(select(dossier_keys)):
                named.setdefault(row.dossier, set()).add(row.key)
            found = _claims_of(tx, sorted(kinds))
            return [(id, kinds[id], frozenset(named.get(id, ())), log) for id, log in found.items()]

    def resolve(self, name: str) -> str:
        """Give the id of the dossier that a name or its beginning stands for, merged ones followed; empty where it is none or several."""
        with self._database.read() as tx:
            found = {
                _resolve(tx, id)
                for id in tx.execute(select(dossiers.c.id).where(dossiers.c.id.startswith(name, autoescape=True)).limit(9)).scalars()
            }
            return found.pop() if len(found) == 1 else ""

    def audit(self, dossier: str) -> list[Ruling]:
        """Give what operators ruled of a dossier, oldest first."""
        with self._database.read() as tx:
            rows = select(rulings).where(rulings.c.dossier == dossier).order_by(rulings.c.seq)
            return [Ruling(row.at, row.who, row.action, row.dossier, row.entry, row.content) for row in tx.execute(rows)]

    # ------------------------------------------------------------------------------------------------- for an operator
    def seed(self, known: Iterable[tuple[str, str, Collection[str], Sequence[Claim]]], now: datetime) -> int:
        """Take over the known past: (id, kind, keys, claims) of each dossier; twice is once. Gives the number of claims."""
        seeds = list(known)
        mark = digest("seed", *(claim.id + codec_text(claim) for _, _, _, log in seeds for claim in log))
        with self._database.write() as tx:
            if tx.execute(select(meta.c.value).where(meta.c.key == "seed")).scalar_one_or_none() == mark:
                return 0
            tx.execute(delete(claims).where(claims.c.entry.startswith("seed:")))
            count = sum(put_claims(tx, log, {id: kind}, {id: keys}) for id, kind, keys, log in seeds)
            put(tx, "seed", mark)
        return count

    def merge(self, kept: str, other: str, who: str, now: datetime) -> int:
        """Make two dossiers one: what was and will be said of the other is said of the first. Gives the number of claims that moved."""
        with self._database.write() as tx:
            moved = [claim for found in _claims_of(tx, [other]).values() for claim in found]
            _rule(tx, Ruling(now, who, "merge", kept, content={"other": other, "entries": sorted({claim.entry for claim in moved})}))
            tx.execute(update(dossiers).where(or_(dossiers.c.id == other, dossiers.c.into == other)).values(into=kept))
            keys = set(tx.execute(select(dossier_keys.c.key).where(dossier_keys.c.dossier == other)).scalars())
            _add_keys(tx, kept, keys)
            _move(tx, moved, kept)
            return len(moved)

    def split(self, dossier: str, chosen: Sequence[str], fresh: str, who: str, now: datetime) -> int:
        """Take entries out of a dossier into another, which is made if need be. Gives the number of claims that moved."""
        with self._database.write() as tx:
            found = [claim for claim in _claims_of(tx, [dossier]).get(dossier, []) if claim.entry in chosen]
            kind = tx.execute(select(dossiers.c.kind).where(dossiers.c.id == dossier)).scalar_one()
            for entry in chosen:
                _rule(tx, Ruling(now, who, "split", dossier, entry, {"into": fresh}))
            keys = set(tx.execute(select(dossier_keys.c.key).where(dossier_keys.c.dossier == dossier)).scalars())
            tx.execute(update(dossiers).where(dossiers.c.id == fresh).values(into=""))
            _ensure(tx, fresh, kind, now)
            _add_keys(tx, fresh, keys)
            _move(tx, found, fresh)
            return len(found)

    def correct(self, claim: Claim, who: str, now: datetime) -> None:
        """Set a value on an operator's word, which outranks every source."""
        with self._database.write() as tx:
            _rule(tx, Ruling(now, who, "correct", claim.dossier, content={"field": claim.field, "value": claim.value}))
            _put(tx, claim)


def put_claims(tx: Connection, log: Sequence[Claim], kinds: Mapping[str, str], keys: Mapping[str, Collection[str]]) -> int:
    """Replace the claims of the entries that these are of, each where the operator's rulings want it. Gives their number."""
    for entry in {claim.entry for claim in log}:
        tx.execute(delete(claims).where(claims.c.entry == entry))
    for claim in log:
        id = _ruled(tx, claim)
        _ensure(tx, id, kinds.get(claim.dossier, "act"), claim.at)
        _put(tx, replace(claim, dossier=id))
    for dossier, wanted in keys.items():
        _add_keys(tx, _resolve(tx, dossier), wanted)
    return len(log)


def _ruled(tx: Connection, claim: Claim) -> str:
    """Where a claim belongs by what an operator ruled: its entry may have been split off, its dossier merged."""
    id = _resolve(tx, claim.dossier)
    rows = select(rulings.c.content).where(rulings.c.action == "split", rulings.c.dossier == id, rulings.c.entry == claim.entry)
    for content in tx.execute(rows.order_by(rulings.c.seq)).scalars():
        id = str(content["into"])
    return _resolve(tx, id)


def _resolve(tx: Connection, id: str) -> str:
    for _ in range(20):
        into = tx.execute(select(dossiers.c.into).where(dossiers.c.id == id)).scalar_one_or_none()
        if not into:
            return id
        id = str(into)
    return id


def _having(tx: Connection, keys: Sequence[str], since: datetime | None) -> set[str]:
    out: set[str] = set()
    for start in range(0, len(keys), _IN):
        rows = select(dossier_keys.c.dossier).join(dossiers, dossiers.c.id == dossier_keys.c.dossier)
        rows = rows.where(dossier_keys.c.key.in_(keys[start : start + _IN]), dossiers.c.into == "")
        out |= set(tx.execute(rows if since is None else rows.where(dossiers.c.seen >= since)).scalars())
    return out


def _claims_of(tx: Connection, ids: Sequence[str]) -> dict[str, list[Claim]]:
    out: dict[str, list[Claim]] = {}
    for start in range(0, len(ids), _IN):
        rows = select(claims.c.dossier, claims.c.content).where(claims.c.dossier.in_(ids[start : start + _IN]))
        for row in tx.execute(rows.order_by(claims.c.at, claims.c.id)):
            out.setdefault(row.dossier, []).append(replace(codec.load(Claim, row.content), dossier=row.dossier))
    return out


def _put(tx: Connection, claim: Claim) -> None:
    tx.execute(delete(claims).where(claims.c.id == claim.id))
    tx.execute(insert(claims).values(id=claim.id, dossier=claim.dossier, at=claim.at, entry=claim.entry, content=codec.dump(claim)))


def _move(tx: Connection, found: Sequence[Claim], to: str) -> None:
    for claim in found:
        tx.execute(update(claims).where(claims.c.id == claim.id).values(dossier=to))


def _ensure(tx: Connection, id: str, kind: str, at: datetime) -> None:
    known = tx.execute(select(dossiers.c.seen).where(dossiers.c.id == id)).scalar_one_or_none()
    if known is None:
        tx.execute(insert(dossiers).values(id=id, kind=kind, into="", seen=at))
    elif known < at:
        tx.execute(update(dossiers).where(dossiers.c.id == id).values(seen=at))


def _add_keys(tx: Connection, dossier: str, wanted: Collection[str]) -> None:
    had = set(tx.execute(select(dossier_keys.c.key).where(dossier_keys.c.dossier == dossier)).scalars())
    for key in sorted({key[:200] for key in wanted} - had):
        tx.execute(insert(dossier_keys).values(key=key, dossier=dossier))


def _rule(tx: Connection, ruling: Ruling) -> None:
    tx.execute(
        insert(rulings).values(
            at=ruling.at,
            who=ruling.who,
            action=ruling.action,
            dossier=ruling.dossier,
            entry=ruling.entry,
            content=dict(ruling.content or {}),
        )
    )


def codec_text(claim: Claim) -> str:
    """Give a claim's value as a text, to notice that it changed."""
    return f"{claim.value!r}|{claim.stage}|{claim.at.isoformat()}"


def new_id(kind: str, *parts: str) -> str:
    """Make the id of a dossier from what it is first known by."""
    return f"{kind}-{digest('dossier', kind, *parts, size=5)}"
