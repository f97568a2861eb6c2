"""Which language the system asks for: by its variables alone, since the locale they name need not be installed."""

from __future__ import annotations

import pytest

from fieldapp.system_language import system_language
from fieldapp.translation import Language

ZH, EN = Language.CHINESE, Language.ENGLISH


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({"LANG": "en_US.UTF-8"}, EN),
        ({"LANG": "en_GB"}, EN),
        ({"LANG": "zh_CN.UTF-8"}, ZH),
        ({"LANG": "zh_TW.Big5"}, ZH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, EN),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, EN),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "", "LC_ALL": ""}, EN),
        ({"LANG": "en_US.UTF-8", "LC_CTYPE": "zh_CN.UTF-8"}, EN),
        ({"LANGUAGE": "en_US:en", "LANG": "zh_CN.UTF-8"}, EN),
        ({"LANGUAGE": "en", "LANG": "C.UTF-8"}, EN),
        ({"LANGUAGE": "de:zh:en", "LANG": "en_US.UTF-8"}, ZH),
        ({"LANGUAGE": "de", "LANG": "zh_CN.UTF-8"}, ZH),
        ({"LANGUAGE": "", "LANG": "en_US.UTF-8"}, EN),
        ({"LANG": "de_DE@euro"}, EN),
        ({"LANG": "zha"}, EN),
        ({"LANG": "C"}, None),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "POSIX"}, None),
        ({}, None),
    ],
)
def test_the_environment_is_heard_whether_its_locale_is_installed_or_not(
    environment: dict[str, str], asked: Language | None
) -> None:
    assert system_language(environment, platform="linux") is asked


def test_windows_tells_where_its_environment_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for told, asked in (("Chinese (Simplified)_China", ZH), ("zh_CN", ZH), ("English_United States", EN), (None, None)):
        monkeypatch.setattr("locale.getlocale", lambda told=told: (told, "cp936"))
        assert system_language({}, platform="win32") is asked
        assert system_language({"LANG": "en_US"}, platform="win32") is EN
    monkeypatch.setattr("locale.getlocale", lambda: ("en_US", "UTF-8"))  # what Python makes of C.UTF-8
    assert system_language({}, platform="linux") is None
