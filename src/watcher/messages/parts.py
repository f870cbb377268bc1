"""One message as several that a transport takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.lines import Measure, cut, text_of, tidy, total
from watcher.model import Line, Message, Run

# Room for the line «(12/345)» and its break.
_NUMBERING = 12


def split(message: Message, limit: int | None, measure: Measure = len, marks: int | None = None) -> tuple[Message, ...]:
    """Cut a message between lines into parts of at most `limit`, each numbered «(1/3)»; a line longer than a part is cut with «…».

    A part holds at most so many `marks`: looks and links. Buttons stand under the last part, files hang on it, the object for machines goes
    with the first. `limit` None: one part.
    """
    if limit is None or (total(message.lines, measure) <= limit and (marks is None or sum(map(_marks, message.lines)) <= marks)):
        return (message,)
    groups = _groups(message.lines, max(limit - _NUMBERING, 1), measure, marks)
    count = len(groups)
    return tuple(
        replace(
            message,
            lines=(*lines, Line((Run(f"({index + 1}/{count})"),), keep=True)),
            subject=f"{message.subject} ({index + 1}/{count})" if message.subject else "",
            buttons=message.buttons if index == count - 1 else (),
            data=message.data if index == 0 else {},
            files=message.files if index == count - 1 else (),
        )
        for index, lines in enumerate(groups)
    )


def _marks(line: Line) -> int:
    return sum(bool(run.style) + bool(run.link) for run in line.runs)


def _groups(lines: Sequence[Line], limit: int, measure: Measure, marks: int | None) -> list[tuple[Line, ...]]:
    groups: list[list[Line]] = [[]]
    used = 0
    for line in lines:
        line = cut(line, limit, measure)
        size = measure(text_of(line)) + measure("\n")
        heading = groups[-1][-1:] if groups[-1] and groups[-1][-1].kind == "heading" and len(groups[-1]) > 1 else []
        full = marks is not None and sum(map(_marks, (*groups[-1], line))) > marks
        if (full or used + size - measure("\n") > limit) and groups[-1]:
            if heading and measure(text_of(heading[0])) + measure("\n") + size <= limit:
                groups[-1].pop()  # a heading goes with what stands under it
            else:
                heading = []
            groups.append(list(heading))
            used = sum(measure(text_of(one)) + measure("\n") for one in heading)
        groups[-1].append(line)
        used += size
    return [tidied for group in groups if (tidied := tidy(group))]
