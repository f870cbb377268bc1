"""The tables, in the order in which a piece of news passes them. Times are UTC; what a noun holds beyond its keys is JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, Dialect, Float, Index, Integer, MetaData, String, Table, Text, TypeDecorator

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware UTC time; a naive one is refused, since nobody could say later what it meant."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),  # epoch, restored, claim, update offset, …
    Column("value", JSON, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("address", String(64), nullable=False),  # hash of kind and url: another address learns anew
    Column("state", String(16), nullable=False),
    Column("cursor", JSON, nullable=False),
    Column("learned", Boolean, nullable=False),  # the first poll is done
    Column("added", Moment, nullable=False),
    Column("next_poll", Moment, nullable=False),
    Column("last_poll", Moment),
    Column("last_success", Moment),
    Column("last_new", Moment),
    Column("usual_gap_s", Float),  # learned: seconds between two arrivals of something new
    Column("failures", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("notes", JSON, nullable=False),  # what was mended or looked odd at the last poll
    Column("entries", Integer, nullable=False),
    Column("shown", Integer, nullable=False),  # how many entries the last successful poll showed
)

entries = Table(
    "entries",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),  # order of arrival
    Column("id", String(64), nullable=False, unique=True),
    Column("source", String(200), nullable=False),
    Column("guid", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("published", Moment),
    Column("language", String(16), nullable=False),
    Column("guessed", JSON, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("updated", Moment),
    Column("content", String(64), nullable=False),  # hash of title and text, to notice an edit
    Column("learned", String(16), nullable=False),  # why nobody is told: first-poll, old, restored; empty: it is news
    Column("state", String(12), nullable=False),  # owed → (reading →) judged | set-aside
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("not_before", Moment),
    Column("revision", Integer, nullable=False),  # counts edits by the source
    Column("read", String(12), nullable=False),  # of the article: '' | waiting | read | failed
    Column("read_by", Moment),
    Column("read_error", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the understanding that judged it
    Column("judged_at", Moment),
    Column("story", String(64), nullable=False),
    Column("understood", JSON),
    Column("judged", JSON),
    Column("rules", JSON, nullable=False),
    Column("fingerprint", JSON),
    Index("entries_state", "state", "seq"),
    Index("entries_story", "story"),
    Index("entries_seen", "first_seen"),
    Index("entries_source", "source", "seq"),
)

aliases = Table(
    "aliases",  # they outlive the text of entries, so that what was deleted can't become new again
    metadata,
    Column("source", String(200), primary_key=True),
    Column("kind", String(8), primary_key=True),  # guid | url | content
    Column("hash", String(32), primary_key=True),
    Column("entry", String(64), nullable=False),
    Column("seen", Moment, nullable=False),
)

claims = Table(
    "claims",  # dossiers are a fold of these
    metadata,
    Column("id", String(64), primary_key=True),
    Column("dossier", String(200), nullable=False),
    Column("at", Moment, nullable=False),  # when it was said
    Column("entry", String(64), nullable=False),
    Column("content", JSON, nullable=False),
    Index("claims_dossier", "dossier", "at"),
    Index("claims_entry", "entry"),
)

dossiers = Table(
    "dossiers",  # that they are, and what became of them; what is known of them stands in the claims
    metadata,
    Column("id", String(200), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("into", String(200), nullable=False),  # merged: where its claims are now; empty: nowhere
    Column("seen", Moment, nullable=False),  # when its last claim was said
)

dossier_keys = Table(
    "dossier_keys",  # by what a dossier is looked for
    metadata,
    Column("key", String(200), primary_key=True),
    Column("dossier", String(200), primary_key=True),
    Index("dossier_keys_dossier", "dossier"),
)

rulings = Table(
    "rulings",  # what an operator decided of dossiers: the audit, and what outlives another judgement of the same entries
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(16), nullable=False),  # merge | split | correct
    Column("dossier", String(200), nullable=False),
    Column("entry", String(64), nullable=False),  # split: the entry that was taken out
    Column("content", JSON, nullable=False),
    Index("rulings_dossier", "dossier"),
    Index("rulings_entry", "entry"),
)

alerts = Table(
    "alerts",  # stored once, told to many
    metadata,
    Column("id", String(64), primary_key=True),
    Column("story", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("entry", String(64), nullable=False),
    Column("created", Moment, nullable=False),
    Column("content", JSON, nullable=False),
    Index("alerts_story", "story", "kind", "revision"),
    Index("alerts_created", "created"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("entry", String(64), nullable=False),
    Column("story", String(64), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("why", String(24), nullable=False),
    Column("detail", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Index("verdicts_entry", "entry"),
    Index("verdicts_story", "story"),
    Index("verdicts_at", "at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),  # hash of (recipient, story, kind, revision)
    Column("recipient", String(64), nullable=False),
    Column("notifier", String(64), nullable=False),
    Column("address", Text, nullable=False),
    Column("story", String(64), nullable=False),
    Column("source", String(200), nullable=False),  # whose entry made it: bursts are counted by it
    Column("alert", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("content", JSON),  # of what is not composed from an alert: digests, notices
    Column("priority", Integer, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(12), nullable=False),  # pending → sending → sent | uncertain | dead | gone | merged
    Column("created", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("expires", Moment),
    Column("attempts", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),  # how often the answer was lost
    Column("plain", Boolean, nullable=False),
    Column("epoch", Integer, nullable=False),  # of the daemon that claimed it
    Column("intent_at", Moment),
    Column("remote_id", Text, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("error", Text, nullable=False),
    Column("done", Moment),
    Column("fallback", JSON),
    Column("fallback_at", Moment),
    Column("relevance", JSON),  # to the recipient's profile, as it was when it was decided
    Column("dossier", String(200), nullable=False, default=""),  # later stages of it answer this message
    Column("number", Integer),  # in its chat; given when it is first claimed
    Column("shown", String(32), nullable=False, default=""),  # hash of the text that was sent: equal text is not sent again
    Index("deliveries_due", "state", "not_before"),
    Index("deliveries_recipient", "recipient", "state"),
    Index("deliveries_story", "story", "recipient"),
    Index("deliveries_dossier", "recipient", "dossier"),
    Index("deliveries_done", "done"),
)

held = Table(
    "held",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("recipient", String(64), nullable=False),
    Column("notifier", String(64), nullable=False),
    Column("address", Text, nullable=False),
    Column("story", String(64), nullable=False),
    Column("alert", String(64), nullable=False),
    Column("slot", String(12), nullable=False),
    Column("due", Moment, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("created", Moment, nullable=False),
    Column("relevance", JSON),
    Column("delivery", String(64), nullable=False),  # empty until it left
    Index("held_due", "delivery", "due"),
    Index("held_story", "story", "recipient"),
)

expansions = Table(
    "expansions",  # what one entry makes owed to many, a page a row, until it stands in the outbox
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("entry", String(64), nullable=False),
    Column("alert", String(64), nullable=False),
    Column("source", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    Column("content", JSON, nullable=False),  # owed, held, verdicts
)

recipients = Table(
    "recipients",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("notifier", String(64), nullable=False),
    Column("address", Text, nullable=False),
    Column("state", String(8), nullable=False),  # ok | gone
    Column("not_before", Moment),
    Column("moved_to", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("numbered", Integer, nullable=False, default=0),  # how many messages this chat was sent
    Column("bounces", Integer, nullable=False, default=0),  # letters in a row that its server refused
)

channels = Table(
    "channels",  # a notifier as a whole: unreachable, refused its key
    metadata,
    Column("notifier", String(64), primary_key=True),
    Column("not_before", Moment),
    Column("failures", Integer, nullable=False),
    Column("since", Moment),
    Column("reason", String(40), nullable=False),
    Column("error", Text, nullable=False),
)

pacing = Table(
    "pacing",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("stamps", JSON, nullable=False),  # seconds since 1970 of the last reserved sends, ascending
)

readers = Table(
    "readers",  # who talks to the bot: one chat (with topic) each
    metadata,
    Column("address", String(64), primary_key=True),
    Column("person", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(12), nullable=False),  # pending | allowed | denied | stopped
    Column("admin", Boolean, nullable=False),
    Column("language", String(8), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("created", Moment, nullable=False),
)

reader_rules = Table(
    "reader_rules",
    metadata,
    Column("address", String(64), primary_key=True),
    Column("rule", String(200), primary_key=True),  # of a rule, or of an own query
    Column("created", Moment, nullable=False),
)

queries = Table(
    "queries",  # own queries, each stored once in its canonical form
    metadata,
    Column("id", String(64), primary_key=True),
    Column("canonical", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created", Moment, nullable=False),
)

notices = Table(
    "notices",  # what administrators were told, each once, and whether it is over
    metadata,
    Column("key", String(200), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("over", Boolean, nullable=False),
)

follows = Table(
    "follows",  # dossiers whose every stage a recipient wants, below any rule's threshold
    metadata,
    Column("recipient", String(64), primary_key=True),
    Column("dossier", String(200), primary_key=True),
    Column("title", Text, nullable=False),  # how it was called when it was followed
    Column("created", Moment, nullable=False),
    Index("follows_dossier", "dossier"),
)

mutes = Table(
    "mutes",  # what a recipient does not want to hear of, for a time or for good
    metadata,
    Column("recipient", String(64), primary_key=True),
    Column("kind", String(8), primary_key=True),  # story | source | rule
    Column("value", String(200), primary_key=True),
    Column("until", Moment),
    Column("created", Moment, nullable=False),
)

labels = Table(
    "labels",  # what recipients said of a story they were told; the last word counts
    metadata,
    Column("recipient", String(64), primary_key=True),
    Column("story", String(64), primary_key=True),
    Column("good", Boolean, nullable=False),
    Column("reason", String(12), nullable=False),  # off-topic | known | not-mine | wrong; empty where it was not said
    Column("at", Moment, nullable=False),
    Index("labels_at", "at"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of (recipient, story or dossier, kind, day, due)
    Column("recipient", String(64), nullable=False),
    Column("story", String(64), nullable=False),
    Column("dossier", String(200), nullable=False),
    Column("kind", String(12), nullable=False),  # deadline | effective | sunset
    Column("day", String(10), nullable=False),  # ISO: what it reminds of
    Column("due", Moment, nullable=False),
    Column("asked", Boolean, nullable=False),  # by the recipient himself, not by the plan
    Column("done", Moment),
    Column("outcome", String(12), nullable=False),  # sent | passed | extended | moved | muted; empty until done
    Index("reminders_due", "done", "due"),
    Index("reminders_recipient", "recipient"),
)

own_profiles = Table(
    "own_profiles",  # what a reader said in the bot that he is and makes
    metadata,
    Column("recipient", String(64), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("changed", Moment, nullable=False),
)
