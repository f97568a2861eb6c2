"""What fields, kinds and choices are called on screens: the one table of their names, as texts to translate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from fieldapp.domain.wording import Sentence


class Form(StrEnum):
    """How a value is written: the screens format by it."""

    TEXT = "text"
    MONEY = "money"
    PHONE = "phone"
    IDENTITY = "identity"
    DAY = "day"
    COUNT = "count"
    CHOICE = "choice"
    YES_NO = "yes_no"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """A field's name and how its values are written."""

    label: Sentence
    form: Form


def field_label(kind: str, field: str) -> FieldLabel:
    """The label of a field; one that this version does not know is called by its own name.

    A field of a case's flat form (``person.mobile``, ``parties/<record>``) is called as in its own record.
    """
    name = field.partition("/")[0]
    found = _FIELDS.get(f"{kind}.{name}") or _FIELDS.get(name) or _FIELDS.get(name.rpartition(".")[2])
    if found is None:
        return FieldLabel(Sentence("{field}", field=field), Form.TEXT)
    return FieldLabel(Sentence(found[0]), found[1])


def kind_label(kind: str) -> Sentence:
    """What one record of a kind is called."""
    return Sentence(_KINDS[kind]) if kind in _KINDS else Sentence("{kind}", kind=kind)


def choice_label(field: str, value: str) -> Sentence:
    """What a choice is called; one that this version does not know is called as it is stored."""
    found = _CHOICES.get(field, {}).get(value)
    return Sentence(found) if found else Sentence("{value}", value=value)


def strange_field(error: msgspec.ValidationError) -> Sentence:
    """The field in which a newer program wrote what this one does not know, by the error of reading its record."""
    path = re.search(r"`\$((?:\.\w+|\[[^\]]*\])+)`", str(error))
    names = re.findall(r"\.(\w+)", path[1]) if path is not None else []
    return field_label("", names[-1] if names else "?").label


def needs_explicit_choice(kind: str, field: str) -> bool:
    """Whether a value is never merged without a person: money, identity and status (DESIGN 4)."""
    form = field_label(kind, field).form
    return form in (Form.MONEY, Form.IDENTITY) or field in _STATUS_FIELDS


_STATUS_FIELDS = frozenset(("stage", "status", "deleted", "id_type", "payout_account", "months", "yearly_rate"))

_KINDS = {
    "prospect": "Prospect",
    "person": "Person",
    "household": "Household",
    "business": "Business",
    "contact": "Contact",
    "visit": "Visit",
    "application": "Loan application",
    "party": "Party to the application",
    "statement": "Accounts",
    "cross_check": "Cross-check",
    "three_looks": "Looks and meters",
    "look_photos": "Photos of a look or meter",
    "external_debt": "Debt elsewhere",
    "collateral": "Collateral",
    "guarantee": "Guarantee",
    "consent": "Consent",
    "conflict_declaration": "Declaration of conflicts",
    "question": "Question",
    "answer": "Answer",
    "decision": "Decision",
    "alert": "Alert",
    "disclosure": "Personal data shown",
    "visit_to_confirm": "Visit to confirm",
    "visit_confirmation": "Confirmation of a visit",
    "document": "Document",
    "product": "Product",
    "branch": "Branch",
    "staff": "Member of staff",
}

_FIELDS: dict[str, tuple[str, Form]] = {
    "deleted": ("Removed", Form.YES_NO),
    # person
    "person.name": ("Name", Form.TEXT),
    "id_type": ("Kind of identity document", Form.CHOICE),
    "id_number": ("Identity number", Form.IDENTITY),
    "birth": ("Date of birth", Form.DAY),
    "sex": ("Sex", Form.CHOICE),
    "mobile": ("Mobile number", Form.PHONE),
    "ethnic": ("Ethnic group", Form.TEXT),
    "id_valid_until": ("Identity document valid until", Form.TEXT),
    "marital": ("Marital status", Form.CHOICE),
    "registered_address": ("Registered address", Form.TEXT),
    "actual_address": ("Home address", Form.TEXT),
    "years_there": ("Years at this address", Form.COUNT),
    "relation": ("Relation to the applicant", Form.TEXT),
    # household
    "size": ("People in the household", Form.COUNT),
    "labour": ("People who work", Form.COUNT),
    "dependants": ("Dependants", Form.COUNT),
    "income_fen": ("Household income in a year", Form.MONEY),
    "expense_fen": ("Household expenses in a year", Form.MONEY),
    # business
    "business.name": ("Name of the business", Form.TEXT),
    "trade": ("Trade", Form.TEXT),
    "uscc": ("Social credit code", Form.TEXT),
    "industry": ("Industry", Form.TEXT),
    "since": ("In business since", Form.DAY),
    "business.stage": ("Stage of the business", Form.CHOICE),
    "staff": ("Employees", Form.COUNT),
    "premises": ("Premises", Form.CHOICE),
    "address": ("Business address", Form.TEXT),
    "qr_merchant_id": ("QR merchant number", Form.TEXT),
    "monthly_sales_fen": ("Monthly sales", Form.MONEY),
    # prospect
    "person": ("Person", Form.TEXT),
    "owner": ("Officer", Form.TEXT),
    "marketed_by": ("Won by", Form.TEXT),
    "stage": ("Stage", Form.CHOICE),
    "customer_type": ("Kind of customer", Form.CHOICE),
    "village_code": ("Village code", Form.TEXT),
    "village": ("Village", Form.TEXT),
    "source": ("How we met", Form.CHOICE),
    "wished_fen": ("Amount wished", Form.MONEY),
    "next_date": ("Next date", Form.DAY),
    "next_time": ("Time of the next date", Form.TEXT),
    "next_purpose": ("Purpose of the next date", Form.TEXT),
    "lost_reason": ("Why lost", Form.TEXT),
    "remark": ("Remark", Form.TEXT),
    "list_name": ("From the list", Form.TEXT),
    # contact and visit
    "channel": ("How we talked", Form.CHOICE),
    "result": ("Result", Form.CHOICE),
    "note": ("Note", Form.TEXT),
    "promised_fen": ("Promised amount", Form.MONEY),
    "purpose": ("Purpose", Form.CHOICE),
    "started_at": ("Start", Form.TEXT),
    "ended_at": ("End", Form.TEXT),
    "second_officer": ("Second officer", Form.TEXT),
    "people": ("People met", Form.LIST),
    "facts": ("Facts", Form.TEXT),
    "opinion": ("Opinion", Form.TEXT),
    "outcome": ("Outcome", Form.CHOICE),
    "photos": ("Photos", Form.LIST),
    "place": ("Place", Form.TEXT),
    # application
    "application.person": ("Applicant", Form.TEXT),
    "number": ("Number", Form.TEXT),
    "officer": ("Officer", Form.TEXT),
    "business": ("Business", Form.TEXT),
    "product": ("Product", Form.TEXT),
    "product_version": ("Version of the product", Form.COUNT),
    "amount_fen": ("Amount", Form.MONEY),
    "months": ("Term in months", Form.COUNT),
    "method": ("Repayment method", Form.CHOICE),
    "yearly_rate": ("Yearly rate", Form.TEXT),
    "start": ("Start of the loan", Form.DAY),
    "uses": ("Use of the loan", Form.LIST),
    "own_funds_fen": ("Own funds", Form.MONEY),
    "repayment_source": ("Repayment source", Form.TEXT),
    "second_source": ("Second repayment source", Form.TEXT),
    "payee_mode": ("Payment of the loan", Form.CHOICE),
    "payout_account": ("Account for the loan", Form.IDENTITY),
    "guarantee_mode": ("Guarantee", Form.CHOICE),
    "sales_fen": ("Sales in a month", Form.MONEY),
    "goods_fen": ("Goods bought in a month", Form.MONEY),
    "costs_fen": ("Business costs in a month", Form.MONEY),
    "other_income_fen": ("Other income in a month", Form.MONEY),
    "family_fen": ("Family expenses in a month", Form.MONEY),
    "existing_debt_fen": ("Existing debts", Form.MONEY),
    "existing_instalments_fen": ("Existing instalments in a month", Form.MONEY),
    "over_limit_reason": ("Reason for going over the limit", Form.TEXT),
    "related_party": ("Related to the bank", Form.YES_NO),
    "related_party_detail": ("How related to the bank", Form.TEXT),
    "first_due": ("First due", Form.DAY),
    "movements": ("Draws and repayments planned", Form.LIST),
    "materials": ("Papers seen", Form.LIST),
    # what stands behind an application
    "signs": ("signs", Form.YES_NO),
    "no_signature_reason": ("Why not", Form.TEXT),
    "lender": ("Lender", Form.TEXT),
    "balance_fen": ("Still owed", Form.MONEY),
    "instalment_fen": ("Paid each month", Form.MONEY),
    "due": ("Due", Form.DAY),
    "security": ("Security or evidence", Form.TEXT),
    "description": ("What it is", Form.TEXT),
    "value_fen": ("Value", Form.MONEY),
    "register_no": ("Registration number", Form.TEXT),
    "status": ("Status", Form.CHOICE),
    "decision_note": ("Note on the decision", Form.TEXT),
    "replaces": ("Replaces the application", Form.TEXT),
    "parties": ("Parties to the application", Form.LIST),
    "guarantees": ("Guarantors", Form.LIST),
    "debts": ("Debts elsewhere", Form.LIST),
}

_CHOICES: dict[str, dict[str, str]] = {
    "stage": {
        "contact": "In contact",
        "interested": "Interested",
        "applied": "Applied",
        "approved": "Approved",
        "disbursed": "Disbursed",
        "lost": "Lost",
        "starting": "Starting",
        "growing": "Growing",
        "mature": "Mature",
        "declining": "Declining",
    },
    "customer_type": {
        "farm_household": "Farm household",
        "sole_trader": "Sole trader",
        "small_business_owner": "Owner of a small business",
        "small_business": "Small business",
    },
    "channel": {
        "in_person": "In person",
        "phone": "By phone",
        "wechat": "By WeChat",
        "at_branch": "At the branch",
    },
    "source": {"outbound": "We went out", "walk_in": "Walked in", "referral": "Referred", "list": "From a list"},
    "result": {
        "interested": "Interested",
        "call_again": "Call again",
        "not_interested": "Not interested",
        "handed_over": "Handed to a colleague",
    },
    "purpose": {
        "marketing": "Marketing",
        "investigation": "Investigation",
        "post_loan": "Post-loan check",
        "collection": "Collection",
    },
    "outcome": {
        "interested": "Interested",
        "needs_follow_up": "Needs a follow-up",
        "not_home": "Nobody at home",
        "not_interested": "Not interested",
        "application": "Wants to apply",
        "promise_to_pay": "Promise to pay",
    },
    "premises": {"own": "Own", "rent": "Rented"},
    "sex": {"M": "Male", "F": "Female"},
    "id_type": {"resident": "Resident identity card", "other": "Other document"},
    "marital": {"single": "Single", "married": "Married", "divorced": "Divorced", "widowed": "Widowed"},
    "method": {
        "equal_instalments": "Equal instalments",
        "equal_principal": "Equal principal",
        "interest_first": "Interest first",
        "revolving": "Revolving",
    },
    "payee_mode": {"entrusted": "Paid to the seller", "own": "Paid to the borrower"},
    "guarantee_mode": {
        "unsecured": "Unsecured",
        "joint": "Joint guarantee",
        "general": "General guarantee",
        "mortgage": "Mortgage",
        "pledge": "Pledge",
    },
    "status": {
        "draft": "Draft",
        "submitted": "Submitted",
        "returned": "Returned",
        "approved": "Approved",
        "contracted": "Contract signed",
        "declined": "Declined",
        "withdrawn": "Withdrawn",
        "disbursed": "Disbursed",
    },
    "paper": {
        "cover": "Cover of the pack",
        "application": "Loan application form",
        "investigation": "Household and business investigation",
        "credit": "Credit authorisation",
        "privacy": "Personal-information notice",
        "schedule": "Repayment schedule",
        "visit": "Visit record",
        "cost": "All-in cost disclosure",
    },
}
