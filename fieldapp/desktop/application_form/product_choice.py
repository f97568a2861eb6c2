"""Choosing a product: its version and rate come with it, its limits are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.bound import Bound, Heard
from fieldapp.desktop.application_form.term_choice import months_in_words
from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.entry import Choice
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.look import Living
from fieldapp.domain import products
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import Values
from fieldapp.domain.money import Money
from fieldapp.domain.products import Difference
from fieldapp.domain.records import Product
from fieldapp.services.apply_for_loan import choice_of
from fieldapp.translation import Language, language, say, tr

_NAMES = ("product", "product_version", "yearly_rate")


class ProductChoice(Living, QWidget):
    """``edited`` when a person chooses. An application keeps its version until the newer one is taken on purpose."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: tuple[Product, ...] = ()
        self._held: Values = dict.fromkeys(_NAMES)
        self._newer: Product | None = None
        self.list = Choice(nothing=lambda: tr("choose a product"))
        self._limits = Text("", Role.HINT, elide=True)
        self._moved = Banner("", action=lambda: tr("Take the new version"), act=self._take_newer)
        self._moved.hide()
        fill_with(self, Column(self.list, self._limits, self._moved, gap=4))
        self.setFocusProxy(self.list)
        self.list.chosen.connect(self._choose)
        self.dress()

    def offer(
        self,
        sold: Sequence[Product],
        known: Sequence[Product],
        newer: Product | None,
        changed: Sequence[Difference],
    ) -> None:
        """Offer what is sold; ``newer`` is a newer version of the chosen product, with what it changed."""
        self._known, self._newer = tuple(known), newer
        held = self.product()
        offered = [*sold, *([held] if held is not None and all(one.code != held.code for one in sold) else [])]
        self.list.offer([(one.code, partial(product_name, one)) for one in offered])
        self._moved.setVisible(newer is not None)
        if newer is not None:
            self._moved.show_message(
                lambda: tr("Head office has changed this product"),
                lambda: "\n".join(say(difference.sentence) for difference in changed),
                Tone.SKY,
                action=lambda: tr("Take the new version"),
                act=self._take_newer,
            )
        self._show()

    def held(self) -> Values:
        """Product, version and rate as chosen."""
        return dict(self._held)

    def hold(self, values: Mapping[str, Any]) -> None:
        """Show product, version and rate."""
        self._held = {name: values.get(name) for name in _NAMES}
        self._show()

    def product(self) -> Product | None:
        """The version chosen, None while none is or it is not on this laptop."""
        wanted = (self._held["product"], self._held["product_version"])
        return next((one for one in self._known if (one.code, one.version) == wanted), None)

    def show_error(self, wrong: bool) -> None:
        """Draw the choice as wrong, or as right again."""
        self.list.show_error(wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.list.setAccessibleName(name)

    def _choose(self, code: object) -> None:
        chosen = next((one for one in products.on_sale(self._known) if one.code == code), None)
        if chosen is not None and code != self._held["product"]:
            self._take(chosen)

    def _take_newer(self) -> None:
        if self._newer is not None:
            self._moved.hide()
            self._take(self._newer)

    def _take(self, product: Product) -> None:
        try:
            self._held = choice_of(product)
        except Invalid:  # the rule says so beside the field; the choice itself stands
            self._held = {"product": product.code, "product_version": product.version, "yearly_rate": None}
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        self.list.choose(self._held["product"])
        product = self.product()
        self._limits.say((lambda: _limits_in_words(product)) if product is not None else "")


def product_name(product: Product) -> str:
    """The product's name in the language now spoken."""
    return product.name_en if language() is Language.ENGLISH and product.name_en else product.name


def cap_in_words(product: Product) -> str:
    """``本产品最高 300,000``, at the right of the amount."""
    cap = f"{Money(product.cap_fen).decimal_yuan:,.2f}".removesuffix(".00")
    return tr("at most {cap}", cap=cap) if product.cap_inclusive else tr("less than {cap}", cap=cap)


def product(field: Field, control: ProductChoice, heard: Heard) -> Bound:
    """Product, version and rate, chosen together."""
    control.edited.connect(heard)
    return Bound(_NAMES, field, control.held, control.held, control.hold)


def _limits_in_words(product: Product) -> str:
    terms = f"{product.min_months}–{months_in_words(product.max_months)}"
    return " · ".join((cap_in_words(product), terms))
