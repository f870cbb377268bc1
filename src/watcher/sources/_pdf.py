"""The text of a PDF, paragraph by paragraph: the only door to pypdf. A bomb ends at the limits of the child."""

from __future__ import annotations

import io
import logging
import re

from pypdf import PdfReader
from pypdf.errors import PyPdfError

_PAGES = 400
_CHARACTERS = 1_000_000
_NUMBER = re.compile(r"[-–— ]*\d{1,4}[-–— ]*")
_ENDS = re.compile(r"[.;:!?»…]$")
_BEGINS = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[.)]\s|[а-яa-z]\)\s|[-–—•]\s|[«\"]?[А-ЯЁA-Z])")


class BadPdf(Exception):
    """It gives no text: `reason` is format, encrypted, no-text or too-large."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def paragraphs_of(body: bytes) -> list[str]:
    """Read the paragraphs of a PDF. Raises BadPdf."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every crooked byte
    try:
        reader = PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadPdf("PDF закрыт паролем", "encrypted")
        if len(reader.pages) > _PAGES:
            raise BadPdf(f"в PDF больше {_PAGES} страниц", "too-large")
        lines: list[str] = []
        for page in reader.pages:
            lines += [line for line in (" ".join(one.split()) for one in page.extract_text().split("\n")) if not _NUMBER.fullmatch(line)]
            if sum(map(len, lines)) > _CHARACTERS:
                raise BadPdf(f"в PDF больше {_CHARACTERS} знаков текста", "too-large")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        raise BadPdf(f"PDF не читается: {type(error).__name__}", "format") from error
    if sum(len(line) for line in lines) < 30:
        raise BadPdf("в PDF нет текстового слоя: это скан; текст из него не извлечь", "no-text")
    return joined(lines)


def joined(lines: list[str]) -> list[str]:
    """Join the lines of a page into paragraphs: one ends at a blank line, or where a sentence ends and the next line begins one."""
    out: list[str] = []
    whole = True
    for line in lines:
        if not line:
            whole = True
        elif whole or (_ENDS.search(out[-1]) and _BEGINS.match(line)):
            out.append(line)
            whole = False
        elif out[-1].endswith("-") and line[:1].islower():
            out[-1] = out[-1][:-1] + line
        else:
            out[-1] += f" {line}"
    return out
