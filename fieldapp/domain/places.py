"""Places by code and by the names people write: counties (GB/T 2260), towns and villages.

A list from the field writes one village in many ways: its twelve-digit code, its official name, the name without
"village committee", with the town or the county in front, with the group behind. All mean the same place; a name
that two towns share means none of them until the town is known.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence


@dataclass(frozen=True, slots=True)
class Area:
    """A county-level place of GB/T 2260; ``city`` and ``province`` are the names above it."""

    code: str
    name: str
    city: str
    province: str

    @property
    def full_name(self) -> str:
        """The place in words, e.g. 湖北省咸宁市通山县; levels that name no place of their own are left out."""
        city = "" if self.city in _NAMELESS_CITIES else self.city
        return f"{self.province}{city}{self.name}"


@dataclass(frozen=True, slots=True)
class Village:
    """A village or an urban community by its twelve-digit code of statistics."""

    code: str
    name: str
    town: str

    @property
    def area_code(self) -> str:
        """The county's six digits."""
        return self.code[:6]

    @property
    def town_code(self) -> str:
        """The town's nine digits."""
        return self.code[:9]


class Places:
    """The places the program knows, found by code or by name."""

    def __init__(self, areas: Iterable[Area], villages: Iterable[Village]) -> None:
        self._areas = {area.code: area for area in areas}
        self._villages = {village.code: village for village in villages}
        self._by_name: dict[str, list[Village]] = defaultdict(list)
        self._by_kind: dict[tuple[str, str], list[Village]] = defaultdict(list)
        self._by_stem: dict[str, list[Village]] = defaultdict(list)
        self._towns: dict[str, set[str]] = defaultdict(set)
        for village in self._villages.values():
            stem, kind = _stem_and_kind(village.name)
            self._by_name[village.name].append(village)
            self._by_kind[stem, kind].append(village)
            self._by_stem[stem].append(village)
            for way in (village.town, _town_stem(village.town), village.town_code):
                self._towns[way].add(village.town_code)

        self._near_areas = tuple(
            area for code in sorted({v.area_code for v in self._villages.values()}) if (area := self._areas.get(code))
        )
        self._area_ways = _ways_of(self._near_areas)

    @property
    def villages(self) -> tuple[Village, ...]:
        """All villages in the order of their codes."""
        return tuple(self._villages[code] for code in sorted(self._villages))

    def area(self, code: str) -> Area | None:
        """The county of a six-digit code, or None: an unknown code is a reason to warn, never to refuse (DOMAIN B)."""
        return self._areas.get(code)

    def village(self, code: str) -> Village | None:
        """The village of a twelve-digit code, or None."""
        return self._villages.get(code)

    def areas_named_in(self, text: str) -> tuple[Area, ...]:
        """The counties with known villages that ``text`` names, e.g. the title of a list."""
        cleaned = _cleaned(text)
        return tuple(area for area in self._near_areas if area.name in cleaned)

    def knows_town(self, text: str) -> bool:
        """Whether ``text`` is the name or the nine-digit code of a town with known villages."""
        return bool(self._town_codes(text))

    def means_a_village(self, text: str) -> bool:
        """Whether ``text`` is a village's code or name, however many villages share it."""
        try:
            self.find_village(text)
        except Invalid as refusal:
            return refusal.code == "village_ambiguous"
        return True

    def towns_named_in(self, text: str) -> tuple[str, ...]:
        """The nine-digit codes of the towns whose full name ``text`` contains, e.g. the title of a list."""
        cleaned = _cleaned(text)
        return tuple(sorted({v.town_code for v in self._villages.values() if v.town in cleaned}))

    def is_in_town(self, village: Village, town: str) -> bool:
        """Whether ``village`` lies in the town of that name or code."""
        return village.town_code in self._town_codes(town)

    def find_village(self, text: str, *, town: str = "", near: Sequence[str] = ()) -> Village:
        """The village that ``text`` means; ``town`` decides between namesakes.

        ``near`` are beginnings of codes (a town's, a county's) that are preferred where the town leaves a choice.
        A town that is not known decides nothing. Raises Invalid ``village_unknown``, or ``village_ambiguous`` when
        namesakes are left.
        """
        written = _cleaned(text)[:_LONGEST_NAME]
        if code := _CODE.search(written):
            if found := self._villages.get(code[0]):
                return found
            raise Invalid("village_unknown", Sentence("No village has the code {code}.", code=code[0]), field="village")
        towns = self._town_codes(town)
        for candidate, own_towns in self._readings(written):
            within = own_towns or towns
            for namesakes in self._namesakes(candidate):
                fitting = [each for each in namesakes if not within or each.town_code in within]
                preferred = _nearest(fitting, near)
                if len(preferred) == 1:
                    return preferred[0]
                if preferred:
                    raise _ambiguous(written, preferred)
        raise self._unknown(written, town, towns)

    def _readings(self, written: str) -> Iterable[tuple[str, set[str]]]:
        """What the text may say, likeliest first: the name alone, then with places in front taken off it."""
        without_group = _GROUP.sub("", written)
        for name in dict.fromkeys((written, without_group)):
            yield name, set()
            for area_name in ("", *self._area_prefixes(name)):
                rest = name.removeprefix(area_name).lstrip(_SEPARATORS)
                if area_name:
                    yield rest, set()
                for length in range(min(len(rest) - 1, _LONGEST_TOWN), 1, -1):
                    if towns := self._towns.get(rest[:length]):
                        yield rest[length:].lstrip(_SEPARATORS), towns

    def _area_prefixes(self, name: str) -> tuple[str, ...]:
        return tuple(way for way in self._area_ways if name.startswith(way))

    def _namesakes(self, name: str) -> Iterable[list[Village]]:
        stem, kind = _stem_and_kind(name)
        yield self._by_name.get(name, [])
        yield self._by_kind.get((stem, kind), [])
        if not kind:
            yield self._by_stem.get(stem, [])

    def _town_codes(self, text: str) -> set[str]:
        cleaned = _cleaned(text)[:_LONGEST_NAME]
        for area_name in ("", *self._area_prefixes(cleaned)):
            rest = cleaned.removeprefix(area_name)
            if found := self._towns.get(rest) or self._towns.get(_town_stem(rest)):
                return found
        return set()

    def _unknown(self, written: str, town: str, towns: set[str]) -> Invalid:
        if not written:
            return Invalid("village_unknown", Sentence("The village is missing."), field="village")
        elsewhere = next((found for found in self._namesakes(written) if found), [])
        if towns and elsewhere:
            return Invalid(
                "village_unknown",
                Sentence("{town} has no village called {village}.", town=_cleaned(town)[:40], village=written[:40]),
                field="village",
            )
        return Invalid(
            "village_unknown", Sentence("No village is called {village}.", village=written[:40]), field="village"
        )


_NAMELESS_CITIES = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))
_LONGEST_NAME = 80
_LONGEST_TOWN = 12
_SEPARATORS = "/-_—·,，、|"
_CODE = re.compile(r"(?<!\d)\d{12}(?!\d)")
_GROUP = re.compile(r"第?[0-9一二三四五六七八九十百]+(?:村民小组|小组|组|队|屯|片区|片)$")
_COMMUNITY = re.compile(r"(?:社区居民委员会|社区居委会|社区委员会|居民委员会|居委会|社区)$")
_VILLAGE = re.compile(r"村*(?:村民委员会|村委会|村委|行政村|村)$")
_TOWN = re.compile(r"(?:街道办事处|街道办|街道|镇人民政府|镇|乡人民政府|乡)$")


def _cleaned(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text[:1000])
    return "".join(char for char in normal if not char.isspace() and unicodedata.category(char)[0] != "C")


def _stem_and_kind(name: str) -> tuple[str, str]:
    for kind, suffix in (("community", _COMMUNITY), ("village", _VILLAGE)):
        stem = suffix.sub("", name)
        if stem != name and stem:
            return stem, kind
    return name, ""


def _town_stem(name: str) -> str:
    return _TOWN.sub("", name) or name


def _ways_of(areas: Iterable[Area]) -> tuple[str, ...]:
    """What people write in front of a village to name its county, the longest first."""
    ways = {
        way
        for area in areas
        for way in (
            area.full_name,
            f"{area.city}{area.name}",
            f"{area.province}{area.name}",
            area.name,
            area.name[:-1],
        )
    }
    return tuple(sorted(ways, key=len, reverse=True))


def _nearest(villages: list[Village], near: Sequence[str]) -> list[Village]:
    for beginning in near:
        if there := [village for village in villages if village.code.startswith(beginning)]:
            return there
    return villages


def _ambiguous(written: str, villages: list[Village]) -> Invalid:
    towns = "、".join(village.town for village in villages[:5])
    return Invalid(
        "village_ambiguous",
        Sentence("Several towns have a village called {village}: {towns}.", village=written[:40], towns=towns),
        field="village",
        advice=Sentence("Write the town as well, or the village's code of twelve digits."),
    )
