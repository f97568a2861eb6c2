"""What stands in the cell of a member's name: a name, several, one with its relation, or that there is nobody."""

from __future__ import annotations

import re

from fieldapp.services.household_list.cells import is_answer, is_blank, squeezed


def says_nobody(text: str) -> bool:
    """Whether a cell says in place of a name that there is nobody, or how many there are: 丧偶, 未婚, 无, 2人."""
    return is_blank(text) or _NOBODY.fullmatch(word := squeezed(text).lower()) is not None or is_answer(word)


def may_be_a_name(text: str) -> bool:
    """Whether a cell looks like the name of one person or of several."""
    return all(_NAME.fullmatch(name) and not _NO_NAME.search(name) for name, _ in names_in(text))


def names_in(text: str) -> list[tuple[str, str]]:
    """The names in a cell, each with the relation that stands beside it: 张小（长子）、张红, or 妻：李梅.

    What is not clearly several names is one.
    """
    whole = _with_relation(text.strip())
    if whole[1]:
        return [whole]
    parts = [part for part in _BETWEEN_NAMES.split(text.strip()) if part.strip()]
    pairs = [_with_relation(part.strip()) for part in parts]
    if len(pairs) > 1 and all(_HAN_NAME.fullmatch(name) and not _KINSHIP.fullmatch(name) for name, _ in pairs):
        return pairs
    return [whole]


_BETWEEN_NAMES = re.compile(r"[、，,;；/／\n]+")
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{2,12}·[\u3400-\u9fff·]{1,12}")
_NAME = re.compile(
    rf"{_HAN_NAME.pattern}|[\u3400-\u9fff] +[\u3400-\u9fff]|[A-Za-z][A-Za-z'.-]+(?: [A-Za-z'.-]+){{0,4}}"
)
_NO_NAME = re.compile(
    r"务工|打工|务农|上学|读书|在读|在校|学生|小学|初中|高中|大学|外出|在外|在家|在职|常年|健在|健康|良好|残疾|去世|死亡|离异|离婚|已婚|未婚"
    r"|退休|无业|个体|低保|子女|[一二两三四五六七八九十][人个口名]"
)
_NOBODY = re.compile(
    r"(?:已|早|均|都|已经)?(?:未婚|离异|离婚|离|丧偶|丧|单身|未娶|未嫁|故|去世|过世|逝世|亡故|亡|死亡|病故|不在)(?:了|多年)?|孤儿|独居|五保户?"
    r"|同上|见上|户主|\d{1,2}[人个口名位]?|[一二两三四五六七八九十][人个口名位]"
    r"|single|unmarried|notmarried|divorced|widow(?:er|ed)?|deceased|dead|none|nil|n/a|nobody"
)
_RELATIONS = (
    r"妻子?|夫|丈夫|配偶|爱人|父亲?|母亲?|儿子?|女儿?|子女?|[长次三四五六][子女]|儿媳妇?|女婿|孙[子女]?|兄弟?|弟弟?|姐姐?|妹妹?"
    r"|爷爷|奶奶|祖父|祖母|岳父|岳母|wife|husband|spouse|father|mother|son|daughter|child|brother|sister"
)
_KINSHIP = re.compile(_RELATIONS, re.IGNORECASE)
_RELATION_BEHIND = re.compile(
    rf"(?P<name>[^()（）]+?)\s*[(（](?P<relation>{_RELATIONS})[)）]"
    rf"|(?P<plain>{_HAN_NAME.pattern})[ ,，、:：/-]+(?P<behind>{_RELATIONS})",
    re.IGNORECASE,
)
_RELATION_BEFORE = re.compile(rf"(?P<relation>{_RELATIONS})\s*[:： ]\s*(?P<name>{_HAN_NAME.pattern})", re.IGNORECASE)


def _with_relation(text: str) -> tuple[str, str]:
    """A name and the relation beside it; 李梅 alone, 李梅（妻）, 李梅 妻, 妻：李梅."""
    if match := _RELATION_BEFORE.fullmatch(text):
        return match["name"], match["relation"]
    if match := _RELATION_BEHIND.fullmatch(text):
        return match["name"] or match["plain"], match["relation"] or match["behind"]
    return text, ""
