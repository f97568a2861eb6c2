"""What ``fieldapp sync`` says about a synchronisation."""

from __future__ import annotations

from fieldapp.commands.laptop import facts_of, lines_of
from fieldapp.services.synchronise import Summary
from fieldapp.translation import Language, use_language


def test_head_office_that_was_set_back_is_told_of_in_a_plain_sentence() -> None:
    use_language(Language.ENGLISH)
    summary = Summary(accepted=3, restored=True, rescued=2)
    said = "Head office was set back to an older copy. What it had confirmed has been sent again."
    assert said in lines_of(summary)
    assert "2 records that it had forgotten were offered to it." in lines_of(summary)
    assert (facts_of(summary)["restored"], facts_of(summary)["rescued"]) == (True, 2)
    assert said not in lines_of(Summary(accepted=3))
