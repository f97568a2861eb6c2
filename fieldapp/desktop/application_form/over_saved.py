"""What stands on the form over what is saved: shown when it is opened, kept standing while what is saved moves."""

from __future__ import annotations

from fieldapp.desktop.application_form.bound import Typed, same
from fieldapp.desktop.application_form.steps import Steps
from fieldapp.domain.kinds import Values
from fieldapp.services.apply_for_loan import OpenApplication


class OverSaved:
    """``shown`` are the values that the form showed when it was typed over: what is typed is saved against them."""

    def __init__(self, steps: Steps) -> None:
        self._steps, self._form = steps, steps.form
        self.shown: Values = {}

    def typed(self) -> Typed:
        """What a person typed over what is shown."""
        return self._form.typed(self.shown)

    def begin(self, opened: OpenApplication) -> None:
        """Show an application, and over it what was typed and never saved."""
        self.shown = dict(opened.fields)
        self._steps.offer_products(opened)
        self._form.show(opened.fields)
        if opened.draft is not None:
            typed = {name: value for name, value in opened.draft.typed.items() if name in opened.fields}
            self.shown |= {name: value for name, value in opened.draft.shown.items() if name in typed}
            self._form.show(typed, typed)

    def rebase(self, opened: OpenApplication, sent: Values) -> None:
        """Head office or this form itself moved what is saved: untouched fields follow, typed ones stand."""
        typed = self.typed().everything
        before, follows = dict(self.shown), {}
        for name, value in opened.fields.items():
            if name not in typed or (name in sent and same(typed[name], sent[name])):
                follows[name] = value
            self.shown[name] = value if name in follows or name in sent else before.get(name)
        self._steps.offer_products(opened)
        focused = self._form.focused()
        self._form.show(follows, [name for name in follows if name != focused])
