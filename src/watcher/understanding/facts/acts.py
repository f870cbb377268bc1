"""Acts: laws, decrees, orders, decisions, letters, bills and drafts, by number, by date or by an established name.

Order: federal laws («44-ФЗ») → a type with what stands around it (issuer, date, №, lists) → bare forms («ПП РФ 719», «779-е
постановление») → bills and drafts → established names. `value` is {type, issuer, number, date, key} and `article` where one is named;
what the text does not say and the table of known acts does not know is left out. The key reads ru/gov/postanovlenie/2015-07-31/779, with
«-» for what is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from watcher.understanding.facts.acts_apart import find_acts_apart
from watcher.understanding.facts.known_acts import DATE, NUMBER, SIGN, known_acts, make_act, named_acts, read_day, read_english_day
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
    rf"(?:(?:, )?(?:от|от даты) (?P<date>{DATE}),? ?(?:за )?|, )?(?:{SIGN} ?(?P<num>{NUMBER})(?:,? от (?P<date2>{DATE}))?)"
)
_DATED = re.compile(
    r"\b(?P<type>постановлени|приказ|распоряжени|решени|указ|письм)(?P<tail>[а-я]{0,4})"
    r"(?P<gap>(?: (?!постановлен|приказ|распоряжен|решени|указ|письм)[а-я-]+){0,5}?)"
    rf" от (?P<date>{DATE})(?! ?,? ?(?:{SIGN}))"
)
_BARE = re.compile(
    r"\b(?:(?P<pp>пп|рп)(?: ?рф)?[ -]*(?P<n1>\d{1,4}(?:-р)?)\b|(?P<type>постановлени)[а-я]{1,3}(?: правительства)?(?: рф| россии"
    r"| российской федерации)? (?P<n2>\d{1,4})\b(?!-?[а-я]| ?(?:млн|тыс|руб|год|г\.|%|[а-я]{1,12}ов\b))"
    r"|(?P<n3>\d{2,4})(?:-(?:е|м|му|го|ом) постановлени[а-я]{1,3}| постановлени[еяю]\b)|(?P<order>приказ)[а-я]{0,3} (?P<n4>\d{1,4}н)\b)"
)
_MORE = re.compile(
    rf"(?:, | и |, а также | или )(?:постановлени[а-я]+ )?(?:(?:от )(?P<date>{DATE}),? )?(?:(?P<no>{SIGN})"
    rf" ?)?(?P<num>\d{{1,4}}(?:-[а-я])?)(?![\d.,:/]\d|\d|[а-я]| ?(?:млн|тыс|млрд|руб|год|г\.|%|р\.|чел|[а-я]{{3,}}(?:ов|ей"
    rf"|ых)\b))(?:,? от (?P<date2>{DATE}))?"
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
    r"(?:(?:федеральн[а-я]+ )?закон[а-я]{0,2}|law)(?: рф| российской федерации)?(?: от (?P<date>" + DATE + r"))? (?:№ ?|n ?)?$"
)
_DATE_OF_LAW = re.compile(rf"(?:от|подпис[а-я]+) (?P<date>{DATE}),? (?:№ ?|n ?)?$")
_DATE_AFTER = re.compile(r",? от (?P<date>" + DATE + r")")
_REGIONAL = re.compile(r"(?:област|кра[йяюе]\b|республик|губернатор|администрац|глав[ыа]\b|мэр|муниципал|городск|законодательн)")
_SEVERAL = re.compile(r"(?:№№|постановлени[ямй]х?\b|приказ[ыов]|[а-я]+ями\b)")


_LOOSE = re.compile(rf"\b(постановлени)[а-я]{{1,2}}, [^\n;!?№]{{3,60}}, [а-я ]{{0,20}}{SIGN} ?(\d{{1,4}})\b")
_PAIR = re.compile(
    r"\b(44)(?:-й|-му|-м)?(?:,? и (?:по )?|/|, )(223)(?:-й|-му|-м)?\b(?!-?ф[з3]| ?(?:млн|тыс|руб|тонн|%|чел|[а-я]{4,}ов\b)|[.,]\d)"
)
_SIGNED_ON = re.compile(
    r"\)?,? (?:котор[а-я]+ )?(?:был[аои]? )?(?:(?!от\b)[а-я]{3,} ){0,4}?"
    rf"(?:дата -?|подписал|утвердил|подписан|принят|утвержден|утверждён|издан|выпущен|датирован)[а-я]*,? (?P<date>{DATE})"
)
_SAME_DAY = re.compile(r".{0,12}?\bот (?:того же (?:числа|дня)|той же даты)")
_SIGNED_LATELY = re.compile(r",? (?:[а-я]+ )?(?:подписан|утвержден|принят)[аоы]? (вчера|сегодня|накануне)\b")
_ADOPTED = re.compile(
    rf"(?P<date>{DATE}),? (?:[а-я]+ ){{0,4}}?(?:подписал|утвердил|принял|издал|выпустил|вышл|подписан|принят|утвержден|издан)[а-я]*"
    r"(?: [а-я]+){0,2} $"
)
_ENGLISH = re.compile(
    r"\b(?P<type>resolution|decree|decision|order|directive|federal law|law) ?\(?(?:no\.? ?|№ ?|number )(?P<num>\d{1,5}(?:-r|-fz)?)"
    r"(?:,? (?:of|dated|from) (?P<date>(?:[0-3]?\d [a-z]{3,9}|[a-z]{3,9} [0-3]?\d),? (?:19|20)\d\d))?"
)
_ADOPTED_ON = re.compile(
    r"\bon (?P<date>(?:[0-3]?\d [a-z]{3,9}|[a-z]{3,9} [0-3]?\d),? 20\d\d),? (?:[a-z'-]+ ){0,5}?"
    r"(?:adopted|approved|signed|issued) (?:[a-z]+ )?$"
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
        *find_acts_apart(page),
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
        if said is None and (dated := _DATE_OF_LAW.search(low, max(0, start - 40), start)):
            start, said = dated.start(), dated.group("date")
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
        on = _ADOPTED_ON.search(page.low, max(0, match.start() - 90), match.start())
        day = read_english_day(match.group("date") or (on.group("date") if on else ""))
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


def _article(match: re.Match[str]) -> str:
    parts = [("п.", match.group("p")), ("ч.", match.group("ch")), ("ст.", match.group("st"))]
    return " ".join(f"{name} {number.rstrip('.,-')}" for name, number in parts if number)


def _numbered(page: Page, issuers: list[Found]) -> Iterator[Found]:
    """«Постановление Правительства РФ от 31.07.2015 № 779», with lists («№ 616, 617 и 878») and the date on either side."""
    for match in _LOOSE.finditer(page.low):
        if (_TYPES[match.group(1)], match.group(2)) in known_acts():
            yield make_act(page, (_TYPES[match.group(1)], "", match.group(2), ""), *match.span())
    at, last = 0, ""
    while typed := _TYPE.search(page.low, at):
        match, at = typed, typed.end()
        kind = _TYPES[match.group("type")]
        if (kind == "закон" and not _REGIONAL.search(match.group("gap"))) or _ended(match.group("gap")):
            at = match.start() + 4
            continue
        number = match.group("num").rstrip("-/")
        issuer = _issuer(kind, match, issuers, number)
        said = match.group("date") or match.group("date2") or _signed_on(page, match)
        day = read_day(page, said) or _signed_lately(page, match, last)
        last = day or last
        local = not issuer and bool(_REGIONAL.search(match.group("gap")))
        yield make_act(page, (kind, issuer, _written(number), day), match.start(), match.end(), local=local)
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


def _signed_on(page: Page, match: re.Match[str]) -> str | None:
    """«…, подписано 31 мая», «31 марта коллегия приняла решение № 43»."""
    on = _SIGNED_ON.match(page.low, match.end()) or _ADOPTED.search(page.low, max(0, match.start() - 70), match.start())
    return on.group("date") if on else None


def _signed_lately(page: Page, match: re.Match[str], last: str) -> str:
    """«Второй приказ, № 375/пр от того же числа»: the day of the act before it; «№ 2144 подписано вчера»."""
    after = page.low[match.end() : match.end() + 40]
    if _SAME_DAY.search(match.group()) or _SAME_DAY.match(after):
        return last
    said = _SIGNED_LATELY.match(after)
    if not said or page.today is None:
        return ""
    return (page.today - timedelta(days=1 if said.group(1) in ("вчера", "накануне") else 0)).isoformat()


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
        if order := match.group("n4"):
            yield make_act(page, ("приказ", "", order, ""), match.start(), match.end())
            continue
        number = match.group("n1") or match.group("n2") or match.group("n3")
        kind = "распоряжение" if match.group("pp") == "рп" else "постановление"
        if not match.group("pp") and (kind, number) not in known_acts():
            continue
        after = _DATE_AFTER.match(page.low, match.end())
        day = read_day(page, after.group("date")) if after else ""
        yield make_act(page, (kind, "Правительство РФ", number, day), match.start(), after.end() if after and day else match.end())
        for more in _others(page, match.end(), several=True):
            if not more.group("no") and (kind, more.group("num")) not in known_acts():
                break
            at = more.end()
            yield make_act(page, (kind, "Правительство РФ", more.group("num"), ""), more.start("num"), more.end("num"))


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
