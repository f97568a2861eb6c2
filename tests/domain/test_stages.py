"""The stages of a prospect and the moves between them."""

from __future__ import annotations

from typing import get_args

import pytest

from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import ProspectStage
from fieldapp.domain.stages import STAGES, after_talk, may_be_lost, next_stages, require_move, stages_by_hand


def test_every_stage_is_known_and_none_is_a_dead_end() -> None:
    assert set(STAGES) == set(get_args(ProspectStage))
    assert all(next_stages(stage) and stage not in next_stages(stage) for stage in STAGES)


def test_no_officer_applies_approves_or_disburses_by_hand() -> None:
    for stage in STAGES:
        assert not {"applied", "approved", "disbursed"} & set(stages_by_hand(stage))


@pytest.mark.parametrize("old", STAGES)
@pytest.mark.parametrize("new", STAGES)
def test_a_move_is_allowed_exactly_where_the_table_says(old: ProspectStage, new: ProspectStage) -> None:
    for by_hand, allowed in ((False, next_stages(old)), (True, stages_by_hand(old))):
        if new == old or new in allowed:
            require_move(old, new, by_hand=by_hand)
        else:
            with pytest.raises(Invalid) as refused:
                require_move(old, new, by_hand=by_hand)
            assert refused.value.field == "stage"


def test_a_talk_wins_interest_but_never_undoes_an_application() -> None:
    moved = [after_talk(stage, interested=True) for stage in STAGES]
    assert moved == ["interested", "interested", "applied", "approved", "disbursed", "interested"]
    assert [stage for stage in STAGES if may_be_lost(stage)] == ["contact", "interested"]
