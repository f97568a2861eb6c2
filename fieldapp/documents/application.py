"""Document 1, the loan application form (DOMAIN D1): three pages for a usual case, more when the lists are long."""

from __future__ import annotations

from collections.abc import Sequence

from fieldapp.documents import formats
from fieldapp.documents.digest import digest_of
from fieldapp.documents.fields import (
    amount_boxes,
    band,
    checks,
    field_row,
    figure,
    identity_boxes,
    label,
    options_of,
    prose,
    value,
)
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Form, form
from fieldapp.documents.papers import ApplicationPaper, CoBorrower, DebtLine, GuaranteeLine, UseLine
from fieldapp.documents.printing import Document
from fieldapp.documents.signing import Signer, checklist, clauses, question, signatures, statement
from fieldapp.documents.tables import Column, Table
from fieldapp.domain.capitals import capitals_with_currency
from fieldapp.domain.masking import masked_identity_number
from fieldapp.domain.money import Money, total

FORM = "application-A01"
_BESIDE = 24
_IN_A_ROW, _USUAL_ROWS = 3, 2
_NO_FINGERPRINT = ("read_aloud", "company")


def loan_application(paper: ApplicationPaper) -> bytes:
    """The form as a PDF; the same paper gives the same bytes.

    Raises Invalid (``glyph``, ``too_long``, ``amount``) naming the field, Actionable (``form``) for a broken form text.
    """
    return _laid_out(paper).to_pdf()


def _laid_out(paper: ApplicationPaper) -> Document:
    texts = form(FORM, paper.mark.template_version)
    layout = _Layout(paper, texts)
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), layout.blocks())


class _Layout:
    """The form's sections in their order."""

    def __init__(self, paper: ApplicationPaper, texts: Form) -> None:
        self._paper = paper
        self._form = texts

    def blocks(self) -> list[Block]:
        return [
            *self._applicant(),
            *self._co_borrower(),
            *self._family(),
            *self._trade(),
            *self._request(),
            *self._uses(),
            *self._sources(),
            *self._debts(),
            *self._guarantees(),
            *self._related(),
            *self._materials(),
            *self._signing(),
        ]

    def _applicant(self) -> list[Block]:
        f, who = self._form, self._paper.applicant
        name = f.field
        rows = [
            field_row(
                label(4, f.label("name")),
                value(8, who.name, name("applicant.name", "name")),
                label(3, f.label("sex")),
                checks(4, options_of(f.options("sex"), {who.sex or ""})),
                label(2, f.label("ethnic")),
                value(3, who.ethnic, name("applicant.ethnic", "ethnic")),
            ),
            field_row(
                label(4, f.label("identity_number")),
                identity_boxes(12, who.identity_number, name("applicant.identity_number", "identity_number")),
                label(3, f.label("identity_valid_until")),
                value(5, who.identity_valid_until, name("applicant.identity_valid_until", "identity_valid_until")),
            ),
            field_row(
                label(4, f.label("mobile")),
                value(8, formats.mobile(who.mobile), name("applicant.mobile", "mobile")),
                label(3, f.label("marital")),
                checks(9, options_of(f.options("marital"), {who.marital or ""})),
            ),
            field_row(
                label(4, f.label("registered_address")),
                value(20, who.registered_address, name("applicant.registered_address", "registered_address")),
            ),
            field_row(
                label(4, f.label("actual_address")),
                value(14, who.actual_address, name("applicant.actual_address", "actual_address")),
                label(3, f.label("years_there")),
                figure(3, formats.count(who.years_there, "年"), name("applicant.years_there", "years_there")),
            ),
            field_row(
                label(4, f.label("customer_type")),
                checks(20, options_of(f.options("customer_type"), {who.customer_type or ""})),
            ),
        ]
        return self._section("applicant", rows)

    def _co_borrower(self) -> list[Block]:
        """The spouse and each co-borrower; somebody's rows are never parted."""
        named = [self._paper.co_borrower or CoBorrower(), *self._paper.further_borrowers]
        rows = [row for who in named for row in hold(self._one_borrower(who), Glue.FIRM)]
        return self._section("co_borrower", rows)

    def _one_borrower(self, who: CoBorrower) -> list[Block]:
        f, name = self._form, self._form.field
        beside, below = _beside_or_below(who.no_signature_reason)
        declined = ("declines",) if who.no_signature_reason else ()
        reason = name("co_borrower.no_signature_reason", "signs_jointly")
        # A promise is never ticked beforehand: the pen does it. That somebody does not sign is the officer's word.
        signs = checks(20, options_of(f.options("signs_jointly"), declined), beside, reason)
        return [
            field_row(
                label(4, f.label("name")),
                value(8, who.name, name("co_borrower.name", "name")),
                label(3, f.label("relation")),
                checks(9, options_of(f.options("relation"), {who.relation or ""})),
            ),
            field_row(
                label(4, f.label("identity_number")),
                identity_boxes(12, who.identity_number, name("co_borrower.identity_number", "identity_number")),
                label(3, f.label("mobile")),
                value(5, formats.mobile(who.mobile), name("co_borrower.mobile", "mobile")),
            ),
            field_row(label(4, f.label("signs_jointly")), signs),
            *(prose(below, reason, name=f.label("signs_jointly")) if below else ()),
        ]

    def _family(self) -> list[Block]:
        f, family = self._form, self._paper.family
        row = field_row(
            label(4, f.label("members")),
            value(6, self._members(), f.field("family.size", "members")),
            label(3, f.label("income")),
            figure(4, formats.in_yuan(family.income), f.field("family.income", "income")),
            label(3, f.label("expenses")),
            figure(4, formats.in_yuan(family.expenses), f.field("family.expenses", "expenses")),
        )
        return self._section("family", [row])

    def _members(self) -> str:
        family = self._paper.family
        if family.size is None:
            return ""
        if family.labour is None or family.dependants is None:
            return self._form.text("texts", "members_short", size=str(family.size)).zh
        counts = {"size": family.size, "labour": family.labour, "dependants": family.dependants}
        return self._form.text("texts", "members", **{key: str(count) for key, count in counts.items()}).zh

    def _trade(self) -> list[Block]:
        f, trade = self._form, self._paper.trade
        name = f.field
        stage = f.option("stage", trade.stage).zh if trade.stage else ""
        since = "" if trade.since is None else f"{trade.since:%Y-%m}"
        rows = [
            field_row(
                label(4, f.label("business_name")),
                value(10, trade.name, name("trade.name", "business_name")),
                label(4, f.label("uscc")),
                value(6, trade.uscc, name("trade.uscc", "uscc")),
            ),
            field_row(
                label(4, f.label("industry")),
                value(6, trade.industry, name("trade.industry", "industry")),
                label(4, f.label("stage_since")),
                value(4, formats.joined(stage, since), name("trade.stage", "stage_since")),
                label(3, f.label("staff")),
                figure(3, formats.count(trade.staff, "人"), name("trade.staff", "staff")),
            ),
            field_row(
                label(4, f.label("premises")),
                value(10, trade.address, name("trade.address", "premises")),
                label(4, f.label("tenure")),
                checks(6, options_of(f.options("premises"), {trade.premises or ""})),
            ),
            field_row(
                label(4, f.label("qr_merchant")),
                value(10, trade.qr_merchant_id, name("trade.qr_merchant_id", "qr_merchant")),
                label(4, f.label("monthly_sales")),
                figure(6, formats.in_yuan(trade.monthly_sales), name("trade.monthly_sales", "monthly_sales")),
            ),
        ]
        return self._section("trade", rows)

    def _request(self) -> list[Block]:
        f, asked = self._form, self._paper.request
        name = f.field
        term = "" if asked.months is None else f.text("texts", "term", months=str(asked.months)).zh
        capitals = "" if asked.amount is None else capitals_with_currency(asked.amount)
        rows = [
            field_row(
                label(4, f.label("amount")),
                amount_boxes(20, asked.amount, name("request.amount", "amount")),
                height=11.2,
            ),
            field_row(label(4, f.label("capitals")), value(20, capitals, name("request.amount", "capitals"))),
            field_row(
                label(4, f.label("product_term")),
                value(8, formats.joined(asked.product or "", term), name("request.product", "product_term")),
                label(4, f.label("yearly_rate")),
                figure(8, formats.rate(asked.yearly_rate), name("request.yearly_rate", "yearly_rate")),
            ),
            field_row(label(4, f.label("method")), checks(20, options_of(f.options("method"), {asked.method or ""}))),
            field_row(
                label(4, f.label("payee_mode")),
                checks(8, options_of(f.options("payee_mode"), {asked.payee_mode or ""})),
                label(3, f.label("account")),
                value(9, formats.account(asked.account), name("request.account", "account")),
            ),
        ]
        return self._section("request", rows)

    def _uses(self) -> list[Block]:
        f, paper = self._form, self._paper
        table = Table(
            "uses",
            (
                Column(2, f.label("number"), "centre"),
                Column(10, f.label("purpose")),
                Column(6, f.label("payee")),
                Column(6, f.label("use_amount"), "right"),
            ),
            self._again("uses"),
            least=3,
        )
        needed = _sum([use.amount for use in paper.uses])
        rows = table.blocks(
            [_use_row(number, use) for number, use in enumerate(paper.uses, start=1)],
            total=("", "", "", formats.amount(needed)),
        )
        rows[-1] = rows[-1].holding(Glue.FIRM)  # the share of own funds is read beside the total
        everything = None if needed is None or paper.own_funds is None else needed + paper.own_funds
        funds = share = ""
        if everything is not None and paper.own_funds is not None:
            funds = f"{formats.amount(everything)} / {formats.in_yuan(paper.own_funds)}"
            share = formats.share(paper.own_funds, everything)
        rows.append(
            field_row(
                label(4, f.label("need_own")),
                figure(8, funds, f.field("own_funds", "need_own")),
                label(4, f.label("own_share")),
                figure(8, share, f.field("own_funds", "own_share")),
            )
        )
        return self._section("uses", rows)

    def _sources(self) -> list[Block]:
        f, paper, again = self._form, self._paper, (self._again("sources"),)
        rows = [
            *prose(
                paper.first_source, f.field("first_source", "first_source"), name=f.label("first_source"), heads=again
            ),
            *prose(
                paper.second_source,
                f.field("second_source", "second_source"),
                name=f.label("second_source"),
                heads=again,
            ),
        ]
        return self._section("sources", rows)

    def _debts(self) -> list[Block]:
        f, paper = self._form, self._paper
        table = Table(
            "debts",
            (
                Column(6, f.label("lender")),
                Column(4, f.label("balance"), "right"),
                Column(4, f.label("instalment"), "right"),
                Column(4, f.label("due"), "centre"),
                Column(6, f.label("security")),
            ),
            self._again("debts"),
            least=2,
        )
        rows = table.blocks(
            [_debt_row(debt) for debt in paper.debts],
            total=(
                "",
                formats.amount(_sum([debt.balance for debt in paper.debts])),
                formats.amount(_sum([debt.instalment for debt in paper.debts])),
                "",
                "",
            ),
        )
        rows[-1] = rows[-1].holding(Glue.FIRM)
        given = f.field("guarantees_given", "guarantees_given")
        rows.append(
            field_row(
                label(4, f.label("guarantees_given")),
                checks(20, options_of(f.options("gives_guarantees"), _yes_no(paper.gives_guarantees))),
            )
        )
        if paper.guarantees_given:
            rows[-1] = rows[-1].holding(Glue.FIRM)
            rows += prose(
                paper.guarantees_given, given, name=f.label("guarantees_given"), heads=(self._again("debts"),)
            )
        return self._section("debts", rows)

    def _guarantees(self) -> list[Block]:
        f, paper = self._form, self._paper
        mode = field_row(
            label(4, f.label("guarantee_mode")),
            checks(20, options_of(f.options("guarantee_mode"), {paper.guarantee_mode or ""})),
        )
        table = Table(
            "guarantees",
            (
                Column(6, f.label("guarantor")),
                Column(6, f.label("identity_number"), "centre"),
                Column(6, f.label("collateral")),
                Column(6, f.label("guarantee_amount"), "right"),
            ),
            self._again("guarantees"),
            least=2,
        )
        rows = table.blocks([self._guarantee_row(line) for line in paper.guarantees])
        return self._section("guarantees", [mode.holding(Glue.FIRM), *rows])

    def _guarantee_row(self, line: GuaranteeLine) -> tuple[str, ...]:
        number = masked_identity_number(line.identity_number) if line.identity_number else ""
        mode = self._form.option("guarantee_mode", line.mode).zh if line.mode is not None else ""
        return (line.name, number, formats.joined(mode, line.collateral) or "—", formats.amount(line.amount))

    def _related(self) -> list[Block]:
        f, paper = self._form, self._paper
        field = f.field("related_party_detail", "related_detail")
        beside, below = _beside_or_below(paper.related_party_detail)
        options = options_of(f.options("related"), _yes_no(paper.related_party))
        asked = question(f.text("texts", "related_question"), options, beside, field)
        rows = [asked]
        if below:
            rows = [asked.holding(Glue.FIRM)]
            rows += prose(below, field, name=f.label("related_detail"), heads=(self._again("related"),))
        return self._section("related", rows)

    def _materials(self) -> list[Block]:
        options = options_of(self._form.options("materials"), self._paper.materials)
        return self._section("materials", checklist(options, (self._again("materials"),)))

    def _signing(self) -> list[Block]:
        """Declarations, signatures and acceptance: on one page, since a signature stands with what it signs.

        Where many sign, further rows of them and the acceptance may stand on the next page, each whole.
        """
        f = self._form
        declared = self._section("declarations", clauses(f.clauses("declarations"), (self._again("declarations"),)))
        read = statement(f.text("texts", "have_read"))
        signed = [signatures(f, row, 28.2) for row in self._signers()]
        section = self._section("signatures", signed)
        few = len(signed) <= _USUAL_ROWS
        together = len(section) if few else 2  # the heading and who signs first stand with what is signed
        firm = hold(section[:together], Glue.FIRM)
        signing = [*declared[:-1], *hold([declared[-1], read], Glue.FIRM, to_next=True), *firm]
        rest = section[together:]
        return [*hold(signing, Glue.TOGETHER, to_next=few), *rest, *hold(self._acceptance(), Glue.TOGETHER)]

    def _signers(self) -> list[list[Signer]]:
        """A column for everybody who binds themselves, three in a row; one for each usual role when nobody is named."""
        f, paper = self._form, self._paper
        borrowers = [who for who in (paper.co_borrower, *paper.further_borrowers) if who is not None and who.name]
        signing = [who.name for who in borrowers if not who.no_signature_reason] or [""] * (not borrowers)
        stated = [line.name for line in paper.guarantees if line.name and line.mode is not None]
        guarantors = list(dict.fromkeys(stated)) or [""]
        owners = {paper.applicant.name, *signing}
        named = [("applicant", ""), *(("co_borrower", name) for name in signing)]
        named += [("guarantor", name) for name in guarantors if not name or name not in owners]
        people = [Signer(f.text("signers", role), fingerprint=True, name=name) for role, name in named]
        while len(people) % _IN_A_ROW:
            people.append(Signer(f.text("signers", "guarantor"), fingerprint=True))
        rows = [people[at : at + _IN_A_ROW] for at in range(0, len(people), _IN_A_ROW)]
        others = [
            Signer(f.text("signers", who), who not in _NO_FINGERPRINT, seal=who == "company")
            for who in ("witness", "read_aloud", "company")
        ]
        return [*rows, others]

    def _acceptance(self) -> list[Block]:
        f, bank = self._form, self._paper.acceptance
        name = f.field
        outcome = options_of(f.options("outcome"), {bank.outcome or ""})
        beside, below = _beside_or_below(bank.reason)
        again = (self._again("acceptance"),)
        reason = prose(below, name("acceptance.reason", "reason"), name=f.label("reason"), heads=again) if below else []
        rows = [
            field_row(
                label(4, f.label("accepted_on")),
                value(6, formats.day(bank.accepted_on), name("acceptance.accepted_on", "accepted_on")),
                label(4, f.label("place")),
                value(10, bank.place, name("acceptance.place", "place")),
            ),
            field_row(label(4, f.label("verified")), checks(20, options_of(f.options("verified"), bank.verified))),
            field_row(
                label(4, f.label("outcome")),
                checks(20, outcome, beside, name("acceptance.reason", "outcome")),
            ),
            *reason,
            field_row(
                label(4, f.label("marketed_by")),
                value(8, bank.marketed_by, name("acceptance.marketed_by", "marketed_by")),
                label(4, f.label("credit_officer")),
                value(8, bank.credit_officer, name("acceptance.credit_officer", "credit_officer")),
            ),
        ]
        officers = [Signer(f.text("signers", who)) for who in ("first_officer", "second_officer")]
        rows[-1] = rows[-1].holding(Glue.FIRM)
        return self._section("acceptance", [*hold(rows, Glue.TOGETHER, to_next=True), signatures(f, officers, 21.2)])

    def _section(self, key: str, rows: Sequence[Block]) -> list[Block]:
        """The rows under their heading; a row that begins a page repeats the heading with 续."""
        title, note = self._form.section(key)
        again = (self._again(key),)
        return [band(title, note), *(row if row.heads else _headed(row, again) for row in rows)]

    def _again(self, key: str) -> Block:
        title, note = self._form.section(key)
        return band(title, note, continued=True)


def _headed(row: Block, heads: tuple[Block, ...]) -> Block:
    return Block(row.height, row.draw, row.glue, heads, row.framed)


def _use_row(number: int, use: UseLine) -> tuple[str, ...]:
    return (str(number), use.purpose, use.payee, formats.amount(use.amount))


def _debt_row(debt: DebtLine) -> tuple[str, ...]:
    balance, instalment = formats.amount(debt.balance), formats.amount(debt.instalment)
    return (debt.lender, balance, instalment, formats.day(debt.due), debt.security)


def _beside_or_below(text: str) -> tuple[str, str]:
    """A short remark stands beside its box, a long one in a row of its own that may grow."""
    return (text, "") if len(text) <= _BESIDE else ("", text)


def _yes_no(answer: bool | None) -> tuple[str, ...]:
    return () if answer is None else ("yes" if answer else "no",)


def _sum(amounts: Sequence[Money | None]) -> Money | None:
    known = [amount for amount in amounts if amount is not None]
    return total(known) if known else None
