"""The words for each kind of doubt about rows that were imported all the same."""

from __future__ import annotations

from collections.abc import Mapping

from fieldapp.domain.wording import Sentence

DOUBTS: Mapping[str, Sentence] = {
    "name_unlikely": Sentence("Name with something beside it"),
    "name_character": Sentence("Name with a character that did not come through"),
    "identity_of_certificate": Sentence("Number of a disability certificate; its first 18 digits are used"),
    "birth_not_solar": Sentence("Birth by the lunar calendar or the age; left out"),
    "phone_implausible": Sentence("Telephone number that does not look right"),
    "phone_several": Sentence("Several telephone numbers with words among them; all are in the remark"),
    "birth_disagrees": Sentence("Date of birth that differs from the identity number"),
    "birth_day_missing": Sentence("Year and month of birth only; left out"),
    "sex_disagrees": Sentence("Sex that differs from the identity number"),
    "town_unknown": Sentence("Unknown town"),
    "town_disagrees": Sentence("Village that lies in another town"),
    "household_unclear": Sentence("Member of a household whose head does not stand beside them"),
    "household_size": Sentence("Number of people that is none; left out"),
    "row_continued": Sentence("Household that goes on in the rows below; the rest is in the remark"),
    "row_longer": Sentence("More cells than headings; the rest is in the remark"),
    "amount_unlikely": Sentence("Amount of ten million yuan or more, or of less than a hundred; look at the unit"),
    "identity_shared": Sentence("Identity number that somebody else has too"),
}
"""By the code of a ``RowWarning`` or of what ``ImportResult.warnings`` counts."""
