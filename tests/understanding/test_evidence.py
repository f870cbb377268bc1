"""Whatever a text is made of, what is found in it is proved by places inside it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.corpus import scoring

from watcher.model import Entry, Span, Understood
from watcher.understanding import understand

ROWS = [row for name in ("news1.jsonl", "news3.jsonl", "titles.jsonl") for row in scoring.load(name)]
SIGNS = st.sampled_from(
    ["\u00a0", "\u00ad", "\u200b", "ё", "é", "́", "«", "»", "\n", "\n\n", " ", "№", "—", "…", "🇷🇺", "𝟙", "ﬁ", "İ", "ß", "<b>", "\x00"]
)


@st.composite
def mutated(draw: st.DrawFn) -> Entry:
    """Two entries of the corpus cut, glued, shouted and sprinkled with signs."""
    first, second = draw(st.sampled_from(ROWS)), draw(st.sampled_from(ROWS))
    texts = []
    for text in (first["title"], first["text"] + draw(st.sampled_from(["", " ", "\n"])) + second["text"]):
        start = draw(st.integers(0, len(text)))
        text = text[start // 4 :]
        for _ in range(draw(st.integers(0, 4))):
            at = draw(st.integers(0, len(text)))
            text = text[:at] + draw(SIGNS) + text[at + draw(st.integers(0, 2)) :]
        texts.append(text.upper() if draw(st.booleans()) and draw(st.booleans()) else text)
    return Entry(source="test", title=texts[0], text=texts[1], published=datetime(2025, 6, 2, tzinfo=UTC))


def spans(understood: Understood) -> list[Span]:
    out = [span for event in understood.events for span in event.evidence]
    out += [span for refusal in understood.refusals for span in refusal.evidence]
    return out + [entity.span for entity in understood.entities]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(mutated())
def test_every_event_fact_and_refusal_points_into_the_text(entry: Entry) -> None:
    understood = understand(entry)
    for event in understood.events:
        assert event.evidence
        assert event.cues
        assert event.certainty in ("sure", "likely")
    for span in spans(understood):
        text = entry.title if span.field == "title" else entry.text
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip()
    for entity in understood.entities:
        text = entry.title if entity.span.field == "title" else entry.text
        assert text[entity.span.start : entity.span.end] == entity.text


def test_a_refusal_says_which_words_made_it() -> None:
    entry = Entry(source="test", title="В школе выявлен кластер заболевших корью")
    (refusal,) = understand(entry).refusals
    assert refusal.reason == "epidemic"
    assert "кластер" in entry.title[refusal.evidence[0].start : refusal.evidence[0].end]
