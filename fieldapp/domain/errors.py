"""The two families of errors.

``Actionable`` is one the officer can do something about: it says what happened, whether the work is safe and what to
do now. Everything else that reaches the edge of a job is ours: it is logged, and shown with an id to quote.
"""

from __future__ import annotations

from fieldapp.domain.wording import Sentence


class Actionable(Exception):
    """What happened, in words for the officer; ``code`` is stable for scripts, ``field`` names the field if any.

    ``advice`` says what to do now, when the sentence does not already.
    """

    def __init__(
        self, code: str, sentence: Sentence, *, field: str | None = None, advice: Sentence | None = None
    ) -> None:
        super().__init__(str(sentence))
        self.code = code
        self.sentence = sentence
        self.field = field
        self.advice = advice


class Invalid(Actionable):
    """A value that a rule refuses; ``field`` is always set."""

    field: str

    def __init__(self, code: str, sentence: Sentence, *, field: str, advice: Sentence | None = None) -> None:
        super().__init__(code, sentence, field=field, advice=advice)


class InvalidRecord(Actionable):
    """Several values were refused at once; ``problems`` keeps the order of the form."""

    def __init__(self, problems: list[Invalid]) -> None:
        first = problems[0]
        super().__init__(first.code, first.sentence, field=first.field, advice=first.advice)
        self.problems = problems
