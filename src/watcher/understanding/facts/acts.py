"""Acts: laws, decrees, orders, decisions, letters, bills and drafts, by number, by date or by an established name.

Order: federal laws («44-ФЗ») → a type with what stands around it (issuer, date, №, lists) → bare forms («ПП РФ 719», «779-е
постановление») → bills and drafts → established names. `value` is {type, issuer, number, date, key} and `article` where one is named;
what the text does not say and the table of known acts does not know is left out. The key reads ru/gov/postanovlenie/2015-07-31/779, with
«-» for what is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from watcher.understanding.facts.known_acts import known_acts, make_act, named_acts, read_day, read_english_day
from watcher.understanding.facts.page import Found, Page

_TYPES = {
    "постановлени": "постановление",
    "приказ": "приказ",
    "распоряжени": "распоряжение",
    "решени": "решение",
    "указ": "указ",
    "письм": "письмо",
    "закон": "закон",
    "пп": "постановление",
    "рп": "распоряжение",
}
_MONTH = r"(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]{1,2}"
_DATE = rf"(?:[0-3]?\d\.[01]?\d\.(?:20|19)\d\d|[0-3]?\d {_MONTH}(?: (?:20|19)\d\d)?)(?: ?г(?:ода|\.)?(?![а-я]))?"
_NO = r"(?:№№?|\bn[or]?\.?(?= ?\d)|номер[а-я]{0,2}|за номером)"
_NUM = r"\d{1,5}(?:-\d{1,4}(?!\d))*(?:/[\dа-я-]{1,12}|-[а-я]{1,3}|[а-я]{1,2}(?![а-я]))*(?:/\d{1,6})?"
_LAW = re.compile(
    r"(?<![\w-])(?:№ ?|n ?)?(\d{1,3})(?: ?- ?| )?ф[з3]\b(?:-\d)?|\bф[з3](?: рф)?(?: ?- ?| )(?:№ ?|n ?)?(\d{1,3})\b(?!-?[а-я]"
    r"| (?:млн|тыс|руб))|\b(\d{1,3})-(?:й|м|го|му|ому|ым) (?:федеральн[а-я]+ )?закон|\blaw (?:no\.? ?)?(\d{1,3})(?:-fz)\b"
    r"|\b(\d{1,3})-fz\b"
)
_LAW_LIST = re.compile(r"\b(\d{1,3})-?(?:, | и |/)(?:№ ?)?(?=\d{1,3}-ф[з3]\b)")
_TYPE = re.compile(
    r"\b(?P<type>постановлени|приказ|распоряжени|решени|указ|письм|закон|пп"
    r"|рп)(?P<tail>[а-я]{0,4})(?![а-я])(?P<gap>(?:(?!\b(?:постановлени|приказ|распоряжени|решени|письм|закон|законопроект|пп"
    r"|рп)[а-я]{0,4}\b)(?:[^\n№;:()\"!?,\d]|(?:19|20)\d\d (?=г))){0,130}?)"
    rf"(?:(?:от|от даты) (?P<date>{_DATE}),? ?(?:за )?)?(?:{_NO} ?(?P<num>{_NUM})(?:,? от (?P<date2>{_DATE}))?)"
)
_DATED = re.compile(
    r"\b(?P<type>постановлени|приказ|распоряжени|решени|указ|письм)(?P<tail>[а-я]{0,4})"
    r"(?P<gap>(?: (?!постановлен|приказ|распоряжен|решени|указ|письм)[а-я-]+){0,5}?)"
    rf" от (?P<date>{_DATE})(?! ?,? ?(?:{_NO}))"
)
_BARE = re.compile(
    r"\b(?:(?P<pp>пп|рп)(?: ?рф)?[ -]*(?P<n1>\d{1,4}(?:-р)?)\b|(?P<type>постановлени)[а-я]{1,3}(?: правительства)?(?: рф| россии"
    r"| российской федерации)? (?P<n2>\d{1,4})\b(?!-?[а-я]| ?(?:млн|тыс|руб|год|г\.|%|[а-я]{1,12}ов\b))"
    r"|(?P<n3>\d{2,4})-(?:е|м|му|го|ом) постановлени[а-я]{1,3})"
)
_MORE = re.compile(
    rf"(?:, | и |, а также | или )(?:постановлени[а-я]+ )?(?:(?:от )(?P<date>{_DATE}),? )?(?:(?P<no>{_NO})"
    rf" ?)?(?P<num>\d{{1,4}}(?:-[а-я])?)(?![\d.,:/]\d|\d|[а-я]| ?(?:млн|тыс|млрд|руб|год|г\.|%|р\.|чел|[а-я]{{3,}}(?:ов|ей"
    rf"|ых)\b))(?:,? от (?P<date2>{_DATE}))?"
)
_BILL = re.compile(r"(?<![\d-])(\d{5,7}-[4-9])(?![\d-])")
_BILL_CUE = re.compile(r"законопроект|проект[а-я]* (?:федеральн[а-я]+ )?закон|инициатив|№ ?$|\bbill\b|думу|поправ")
_DRAFT = re.compile(
    r"(?:id проекта|проект id|\(id|id)[: ]{1,2}(?P<id>\d{5,7})\b|\b(?P<code>0[1-9]/0\d/\d\d-\d\d/000\d{5})\b"
    r"|regulation\.gov\.ru/(?:p/|projects#?(?:npa=)?)(?P<url>\d{5,7})"
)
_ARTICLE = re.compile(
    r"(?:(?:п(?:ункт[а-я]{0,2}|п?\.) ?(?P<p>\d[\d.,-]*) ?)?(?:ч(?:аст[а-я]{1,2}|\.) ?(?P<ch>\d[\d.]*) ?)?ст(?:ать[а-я]{1,3}"
    r"|\.) ?(?P<st>\d{1,3}(?:\.\d{1,2})?))[ ,]{0,2}(?:(?:федеральн[а-я]+ )?закон[а-я]{0,2} ?(?:от [\d. а-я]{4,20})?)?(?:№ ?)?$"
)
_PLAIN_LAW = re.compile(
    r"(?:(?:федеральн[а-я]+ )?закон[а-я]{0,2}|law)(?: рф| российской федерации)?(?: от (?P<date>" + _DATE + r"))? (?:№ ?|n ?)?$"
)
_DATE_AFTER = re.compile(r",? от (?P<date>" + _DATE + r")")
_REGIONAL = re.compile(r"(?:област|кра[йяюе]\b|республик|губернатор|администрац|глав[ыа]\b|мэр|муниципал|городск|законодательн)")
_SEVERAL = re.compile(r"(?:№№|постановлени[ямй]х?\b|приказ[ыов]|[а-я]+ями\b)")


_LOOSE = re.compile(rf"\b(постановлени)[а-я]{{1,2}}, [^\n;!?№]{{3,60}}, [а-я ]{{0,20}}{_NO} ?(\d{{1,4}})\b")
_ROW = re.compile(r"(?<![\d.,-])\d{3,4}(?:(?:, | и )\d{3,4}){2,}(?![\d%]|[.,]\d| ?(?:млн|тыс|руб|тонн))")
_PAIR = re.compile(
    r"\b(44)(?:-й|-му|-м)?(?:,? и (?:по )?|/|, )(223)(?:-й|-му|-м)?\b(?!-?ф[з3]| ?(?:млн|тыс|руб|тонн|%|чел|[а-я]{4,}ов\b)|[.,]\d)"
)
_SIGNED_ON = re.compile(
    r"\)?,? (?:котор[а-я]+ )?(?:был[аои]? )?(?:(?!от\b)[а-я]{3,} ){0,4}?"
    rf"(?:подписал|утвердил|подписан|принят|утвержден|утверждён|издан|выпущен|датирован)[а-я]* (?P<date>{_DATE})"
)
_DOCUMENT = re.compile(
    rf"\b(?:документ|акт|он[оа]? )(?P<gap>[^\n.;№]{{0,60}}?)(?:от )?(?P<date>{_DATE}),? ?(?:г\. ?)?\(?(?:за )?{_NO} ?(?P<num>{_NUM})"
)
_LETTER = re.compile(
    r"(?:№ ?)(\d\d-\d\d-\d\d/\d{2,6})\b|(?:от (?P<date>"
    + _DATE
    + r"),? )?№ ?(?P<fas>[а-я]{2,3}/\d{3,6}/\d\d|\d{3,6}/\d\d|[а-я]?\d{2,5}-[а-я]{2}/д\d\dи)(?![\d/])(?:,? от (?P<date2>"
    + _DATE
    + r"))?"
)
_ENGLISH = re.compile(
    r"\b(?P<type>resolution|decree|decision|order|directive|federal law|law) ?\(?(?:no\.? ?|№ ?|number )(?P<num>\d{1,5}(?:-r|-fz)?)"
    r"(?: (?:of|dated|from) (?P<date>(?:[0-3]?\d [a-z]{3,9}|[a-z]{3,9} [0-3]?\d),? (?:19|20)\d\d))?"
)


def find_acts(page: Page, bodies: Iterable[Found]) -> Iterator[Found]:
    """Give the acts of a page; `bodies` are the organisations found in it, among them the issuers. One place gives one act."""
    taken = bytearray(len(page.text))
    issuers = [fact for fact in bodies if fact.kind == "organisation"]
    for fact in (
        *_english(page, issuers),
        *_laws(page),
        *_numbered(page, issuers),
        *_bare(page),
        *_documents(page),
        *_rows(page),
        *_bills(page),
        *_dated(page, issuers),
        *_drafts(page),
        *_by_name(page),
    ):
        if taken.find(1, fact.start, fact.end) < 0:
            taken[fact.start : fact.end] = b"\x01" * (fact.end - fact.start)
            yield fact


def _laws(page: Page) -> Iterator[Found]:
    low = page.low
    for match in _LAW.finditer(low):
        number = next(group for group in match.groups() if group)
        start = match.start()
        said = None
        if before := _PLAIN_LAW.search(low, max(0, start - 60), start):
            start, said = before.start(), before.group("date")
        if said is None and (after := _DATE_AFTER.match(low, match.end())):
            said = after.group("date")
        article = _ARTICLE.search(low, max(0, match.start() - 70), match.start())
        yield make_act(
            page, ("закон", "", f"{number}-ФЗ", read_day(page, said)), start, match.end(), article=_article(article) if article else ""
        )
    for match in _LAW_LIST.finditer(low):
        if ("закон", f"{match.group(1)}-ФЗ") not in known_acts():
            continue
        yield make_act(page, ("закон", "", f"{match.group(1)}-ФЗ", ""), match.start(1), match.end(1))
    for match in _PAIR.finditer(low):
        for group in (1, 2):
            yield make_act(page, ("закон", "", f"{match.group(group)}-ФЗ", ""), *match.span(group))


def _english(page: Page, issuers: list[Found]) -> Iterator[Found]:
    """«Decision No. 89 of 7 October 2025»; a decision is the union's, a resolution or decree the government's."""
    for match in _ENGLISH.finditer(page.low):
        number = match.group("num")
        day = read_english_day(match.group("date") or "")
        kind = match.group("type")
        if kind.endswith("law") or number.endswith("-fz"):
            if number.endswith("-fz"):
                yield make_act(page, ("закон", "", number.replace("-fz", "-ФЗ"), day), *match.span())
            continue
        if kind == "decision":
            near = [fact for fact in issuers if abs(fact.start - match.start()) < 300 and str(fact.value).endswith("ЕЭК")]
            yield make_act(page, ("решение", str(near[-1].value) if near else "", number, day), *match.span())
        elif kind != "order":
            name = "распоряжение" if number.endswith("-r") or kind == "directive" else "постановление"
            yield make_act(page, (name, "Правительство РФ", number.replace("-r", "-р"), day), *match.span())


def _rows(page: Page) -> Iterator[Found]:
    """«Забываем 616, 617, 878, 925»: three and more known decrees in a row need no word before them; nor do the numbers of letters."""
    for row in _ROW.finditer(page.low):
        numbers = list(re.finditer(r"\d+", row.group()))
        if all(("постановление", number.group()) in known_acts() for number in numbers):
            for number in numbers:
                yield make_act(
                    page,
                    ("постановление", "Правительство РФ", number.group(), ""),
                    row.start() + number.start(),
                    row.start() + number.end(),
                )
    for match in _LETTER.finditer(page.low):
        if "письм" in page.low[max(0, match.start() - 120) : match.start()]:
            yield _letter(page, match)


def _letter(page: Page, match: re.Match[str]) -> Found:
    """The number of a letter says who wrote it: 24-… is the finance ministry's, АБ/12345/24 the antimonopoly service's."""
    if number := match.group(1):
        return make_act(page, ("письмо", "Минфин России" if number.startswith(("24-", "02-")) else "", number, ""), *match.span())
    fas = match.group("fas")
    issuer = "ФАС России" if re.match(r"[а-я]{2,3}/", fas) else ""
    return make_act(page, ("письмо", issuer, fas.upper(), read_day(page, match.group("date") or match.group("date2"))), *match.span())


def _article(match: re.Match[str]) -> str:
    parts = [("п.", match.group("p")), ("ч.", match.group("ch")), ("ст.", match.group("st"))]
    return " ".join(f"{name} {number.rstrip('.,-')}" for name, number in parts if number)


def _numbered(page: Page, issuers: list[Found]) -> Iterator[Found]:
    """«Постановление Правительства РФ от 31.07.2015 № 779», with lists («№ 616, 617 и 878») and the date on either side."""
    for match in _LOOSE.finditer(page.low):
        if (_TYPES[match.group(1)], match.group(2)) in known_acts():
            yield make_act(page, (_TYPES[match.group(1)], "", match.group(2), ""), *match.span())
    at = 0
    while typed := _TYPE.search(page.low, at):
        match, at = typed, typed.end()
        kind = _TYPES[match.group("type")]
        if (kind == "закон" and not _REGIONAL.search(match.group("gap"))) or _ended(match.group("gap")):
            at = match.start() + 4
            continue
        number = match.group("num").rstrip("-/")
        issuer = _issuer(kind, match, issuers, number)
        said = match.group("date") or match.group("date2")
        if not said and (on := _SIGNED_ON.match(page.low, match.end())):
            said = on.group("date")
        local = not issuer and bool(_REGIONAL.search(match.group("gap")))
        yield make_act(page, (kind, issuer, _written(number), read_day(page, said)), match.start(), match.end(), local=local)
        for more in _others(
            page, match.end(), several=bool(_SEVERAL.match(match.group("type") + match.group("tail")) or "№№" in match.group())
        ):
            at = more.end()
            yield make_act(
                page,
                (kind, issuer, _written(more.group("num")), read_day(page, more.group("date") or more.group("date2"))),
                more.start("num"),
                more.end("num"),
            )


def _ended(gap: str) -> bool:
    """A sentence ends between the type and the number."""
    return bool(re.search(r"[.] [а-я]", gap)) and not re.search(r"\b(?:г|им|ул|обл)\. ", gap)


def _others(page: Page, at: int, *, several: bool) -> Iterator[re.Match[str]]:
    for _ in range(30):
        match = _MORE.match(page.low, at)
        if not match or not (several or match.group("no")):
            return
        at = match.end()
        yield match


def _written(number: str) -> str:
    return re.sub(r"(?<=\d)-?(фз|ф3)$", "-ФЗ", number)


def _issuer(kind: str, match: re.Match[str], issuers: list[Found], number: str) -> str:
    """The body named between the type and the number (or right before the type); else whoever issues acts of this type and number."""
    inside = [fact for fact in issuers if match.start() <= fact.start < match.end()]
    if inside:
        return str(inside[0].value)
    if _REGIONAL.search(match.group("gap")):
        return ""
    if match.group("type") in ("пп", "рп"):
        return "Правительство РФ"
    known = known_acts().get((kind, number))
    if known:
        return known.issuer
    near = [fact for fact in issuers if 0 <= match.start() - fact.end <= 40]
    if kind == "письмо" and re.match(r"(?:24|02)-\d\d-\d\d/", number):
        return "Минфин России"
    if kind == "указ":
        return "Президент РФ"
    if kind in ("постановление", "распоряжение"):
        return "" if near and str(near[-1].value) != "Правительство РФ" else "Правительство РФ"
    return str(near[-1].value) if near and kind in ("приказ", "письмо", "решение") else ""


def _bare(page: Page) -> Iterator[Found]:
    """«ПП РФ 1875», «постановления 616, 617, 878», «779-е постановление»: the number alone must be a known one, or the form «ПП»."""
    at = 0
    while bare := _BARE.search(page.low, at):
        match, at = bare, bare.end()
        number = match.group("n1") or match.group("n2") or match.group("n3")
        kind = "распоряжение" if match.group("pp") == "рп" else "постановление"
        if not match.group("pp") and (kind, number) not in known_acts():
            continue
        yield make_act(page, (kind, "Правительство РФ", number, ""), match.start(), match.end())
        for more in _others(page, match.end(), several=True):
            if not more.group("no") and (kind, more.group("num")) not in known_acts():
                break
            at = more.end()
            yield make_act(page, (kind, "Правительство РФ", more.group("num"), ""), more.start("num"), more.end("num"))


def _documents(page: Page) -> Iterator[Found]:
    """«Документ подписан 18 декабря 2025 г. (№ 2062)»: which act it is stands in the words around, if in one way only."""
    for match in _DOCUMENT.finditer(page.low):
        around = page.low[max(0, match.start() - 400) : match.start()]
        order = bool(re.search(r"приказ", around + match.group("gap")))
        decree = bool(re.search(r"постановлени|правительств|кабмин|премьер|мишустин", around + match.group("gap")))
        if decree and not order:
            kind, issuer = ("распоряжение" if match.group("num").endswith("-р") else "постановление"), "Правительство РФ"
        elif order and not decree:
            kind, issuer = "приказ", ""
        else:
            continue
        yield make_act(page, (kind, issuer, match.group("num"), read_day(page, match.group("date"))), match.start("num"), match.end())


def _bills(page: Page) -> Iterator[Found]:
    for match in _BILL.finditer(page.low):
        if _BILL_CUE.search(page.low, max(0, match.start() - 120), match.start()) or page.low.startswith("законопроект", match.end() + 1):
            value = {"type": "законопроект", "issuer": "Госдума", "number": match.group(1), "key": f"ru/bill/{match.group(1)}"}
            yield Found("act", value, *match.span())


def _dated(page: Page, issuers: list[Found]) -> Iterator[Found]:
    """An act of a day without its number: «постановлением от 31 декабря 2021 г.»."""
    for match in _DATED.finditer(page.low):
        kind = _TYPES[match.group("type")]
        issuer = _issuer(kind, match, issuers, "")
        if day := read_day(page, match.group("date")):
            yield make_act(page, (kind, issuer, "", day), match.start(), match.end())


def _drafts(page: Page) -> Iterator[Found]:
    for match in _DRAFT.finditer(page.low):
        number = match.group("id") or match.group("code") or match.group("url")
        yield Found("act", {"type": "проект", "number": number, "key": f"ru/draft/{number}"}, *match.span())


def _by_name(page: Page) -> Iterator[Found]:
    if "закон" not in page.low and "law" not in page.low:
        return
    for pattern, known in named_acts():
        for match in pattern.finditer(page.low):
            yield make_act(page, (known.type, known.issuer, known.number, ""), *match.span())
