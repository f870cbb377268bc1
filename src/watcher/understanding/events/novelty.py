"""Is it reported, or only recalled? What the entry alone says, by the cues of data/cues.yaml."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.understanding.events.document import Document, Line, first
from watcher.understanding.events.knowledge import Knowledge
from watcher.understanding.grammar import Place, tenses

_MONTH = r"(?:январе|феврале|марте|апреле|мае|июне|июле|августе|сентябре|октябре|ноябре|декабре)"
_SINCE_MONTH = r"(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[яа]"
_YEARS = re.compile(
    r"\b(?:[вс] (20[0-2]\d)(?:-м\b|(?:-м)? (?:году|года|г\.)(?!\w))|ещ[её] в (20[0-2]\d)\b"
    rf"|в {_MONTH} (20[0-2]\d)|с {_SINCE_MONTH} (20[0-2]\d)|(?:in|to) (?:[A-Z][a-z]+ )?(20[0-2]\d)\b)",
    re.IGNORECASE,
)
_SEASONS = re.compile(rf"\bв {_MONTH}\b(?! 20)|\b(?:весной|летом|осенью|зимой)\b", re.IGNORECASE)
_ENDS = {
    **{"январе": 1, "феврале": 2, "марте": 3, "апреле": 4, "мае": 5, "июне": 6, "июле": 7, "августе": 8, "сентябре": 9, "октябре": 10},
    **{"ноябре": 11, "декабре": 12, "зимой": 2, "весной": 5, "летом": 8, "осенью": 11},
}
_LONG_AGO, _SOON = 3, 9  # months since
_SENTENCES = re.compile(r"\w{3,}[.!?…]+\s")
INTERVIEW = "asks: interview"
_QUESTIONS = 2  # asked in an interview at least
_MARKS = 2  # sentences that bear the marks of a genre, at least
_GENRE_LINES = 20  # of an entry: what is longer is no advertisement
_HEADLINE = 120  # characters: the longest of a headline proper
_ELSE = re.compile(r"сравнени|чем в|против|уровн|как и в|действ|продл|план|бюджет|закон|постановлен|правил|утвержд|приказ", re.IGNORECASE)


def recalled(document: Document, known: Knowledge) -> str:
    """Say by which cue the whole entry is a reminder, an explainer, a review, an anniversary; empty if it is news."""
    head = document.head()
    if head and head[0].kind == "title":
        found = first(known.cues["headline"], head[0], document.around(0))
        if found and not _is_whole_post(head[0], found[1]):
            return f"old headline: {found[0].text}"
    for name, lines in (("opening", head[:2]), ("entry", head)):
        for line in lines:
            if found := first(known.cues[name], line):
                return f"old entry: {found[0].text}"
    return genre(document, known, ("offer",))


def genre(document: Document, known: Knowledge, genres: Sequence[str]) -> str:
    """Say of which genre an entry is by its own sentences, not by its title alone: at least two, and half of all, bear its marks.

    A course is sold by hours, seats and a price: whatever else it names is known. A calendar says what is handed in by which day.
    """
    lines = [line for line in document.lines if line.kind != "background"][:_GENRE_LINES]
    for name in genres:
        marks = [found[0].text for line in lines if (found := first(known.cues[f"genre {name}"], line))]
        if len(marks) >= _MARKS and 2 * len(marks) >= len(lines):
            return f"genre {name}: {'; '.join(dict.fromkeys(marks))}"
    return ""


def _is_interview(document: Document) -> bool:
    """Questions and answers, each on a line of its own: what is said there of the measures is what was."""
    said = [line.text.lstrip() for line in document.lines if line.kind != "title"]
    turns = [text for text in said if text.startswith(("—", "–", "- "))]
    return len([text for text in turns if text.rstrip().endswith("?")]) >= _QUESTIONS and len(turns) >= 2 * _QUESTIONS


def _is_whole_post(title: Line, cue: Place) -> bool:
    """A post without a headline stands in the title whole: what its later sentences say is not said of all of it."""
    before = title.text[: title.words.tokens[cue[0]].start] if cue[0] else ""
    return len(title.text) > _HEADLINE and _SENTENCES.search(before) is not None


def asked(document: Document, known: Knowledge) -> str:
    """Say by which cue the headline explains or asks; only what the text then decides is news."""
    if not document.lines or document.lines[0].kind != "title":
        return ""
    if document.lines[0].text.rstrip().endswith("?"):
        return "asks: ?"
    if _is_interview(document):
        return INTERVIEW
    if document.cleaned.digest and first(known.cues["digest"], document.lines[0]):
        return ""
    found = first(known.cues["question"], document.lines[0])
    if found and not _is_answered_at_once(document.lines[0], found[1], known):
        return f"asks: {found[0].text}"
    return "" if first(known.cues["decided"], document.lines[0]) else genre(document, known, ("market", "calendar"))


def _is_answered_at_once(line: Line, asked: Place, known: Knowledge) -> bool:
    """«Кто сколько вывезет: министерство поделило квоту»: what is asked before the colon is decided after it."""
    decided = first(known.cues["decided"], line)
    return decided is not None and asked[1] <= decided[1][0] and ":" in line.said((asked[0], decided[1][1]))


def old_here(document: Document, at: int, known: Knowledge, said: Place | None = None) -> str:
    """Say by which cue the sentence `at` only recalls; empty if it tells.

    A cue in a clause that describes speaks of that clause alone: «запрет, введённый прошлым летом, отменён» is news of what is `said`.
    """
    line = document.lines[at]
    if line.kind == "background":
        return "old: background"
    for pattern in known.cues["sentence"]:
        if (found := first((pattern,), line)) and not (said and _is_aside(line, found[1], said)):
            return f"old: {pattern.text}"
    return ""


def _is_aside(line: Line, cue: Place, said: Place) -> bool:
    return any(start <= cue[0] and cue[1] <= end and said[0] < start and end < said[1] for start, end in line.asides)


def past_here(document: Document, at: int) -> str:
    """Say which year before that of publication the sentence `at` speaks of, «в 2021 году»; empty if none, or another year as well."""
    line = document.lines[at]
    years = ["".join(found) for found in _YEARS.findall(line.text)] if document.year else []
    if years and all(int(year) < document.year for year in years) and not _ELSE.search(line.text):
        return f"old: in {years[0]}"
    season = _SEASONS.search(line.text) if document.month else None
    if season and _is_long_ago(season.group(0).lower(), document.month) and _only_past(line) and not _describes(line, season.start()):
        return f"old: {season.group(0).lower()}"
    return ""


def _describes(line: Line, at: int) -> bool:
    """Whether the character `at` stands in a clause that describes."""
    tokens = line.words.tokens
    return any(tokens[start].start <= at < tokens[end - 1].end for start, end in line.asides)


def _is_long_ago(said: str, month: int) -> bool:
    """Whether the latest month or season of that name was over two months before the publication, and its next is not near."""
    return _LONG_AGO <= (month - _ENDS[said.split()[-1]]) % 12 <= _SOON


def _only_past(line: Line) -> bool:
    """Whether a sentence tells what was done, with no word of what is, will be or is to be."""
    said = {tense for token in line.words.tokens for tense in tenses(token.form)}
    return "+done" in said and "+fut" not in said and not any(one.endswith(("+inf", "+pres")) for one in said)
