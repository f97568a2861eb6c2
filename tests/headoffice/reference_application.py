"""An application from another client, written from ``docs/protocol.md`` alone: it imports nothing of the program."""

from __future__ import annotations

import hashlib
import json
import tomllib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.headoffice.reference_client import Queued, ReferenceClient

FORMS = Path(__file__).parents[2] / "resources" / "forms"
CONSENTS = {
    "credit_inquiry": ("credit-C01", ("read", "inquiry"), ("inquiry", "whole")),
    "personal_information": ("privacy-D01", ("read", "processing", "identity", "account", "bureau"), ("whole",)),
}
"""Each text: its form, what has to be agreed to, and where it is signed for that."""

NOW, DAY, ZONE = "2026-06-01T01:00:00Z", "2026-06-01", "Asia/Shanghai"
WHEN = {"at": NOW, "business_date": DAY}
LOAN = {
    "status": "draft",
    "number": "TS01-REF-1",
    "amount_fen": 5_000_000,
    "months": 12,
    "method": "equal_instalments",
    "yearly_rate": "0.06",
    "start": "2026-07-01",
    "uses": [{"purpose": "进货", "payee": "", "amount_fen": 0}],
    "payee_mode": "own",
    "repayment_source": "shop income",
    "over_limit_reason": "the season is not in it yet",
    "guarantee_mode": "joint",
    "sales_fen": 4_500_000,
    "goods_fen": 3_150_000,
    "costs_fen": 600_000,
    "other_income_fen": 300_000,
    "family_fen": 400_000,
    "existing_debt_fen": 1_440_000,
    "existing_instalments_fen": 120_000,
    "related_party": False,
}
ACCOUNTS = {
    "author": "officer",
    "business_date": DAY,
    "balance": [{"side": "asset", "item": "stock", "amount_fen": 900_000}],
    "flows": [{"flow": "sales", "item": "shop", "months_fen": [4_500_000] * 12}],
}
CHECK = {
    "item": "sales_by_day",
    "inputs": {"day_fen": 100_000, "days": 30},
    "explanation": "腊月两周停业,已核对账本",
}
HOUSE = {"kind": "house", "mode": "mortgage", "description": "示例街 28 号", "value_fen": 30_000_000}
DEBT = {"lender": "示例银行", "balance_fen": 1_440_000, "instalment_fen": 120_000, "source": "stated"}

Signers = Sequence[tuple[str, str]]
"""Who signs the texts, each with the purpose of the inquiry."""


class Recorder(ReferenceClient):
    """Makes records that were never deleted."""

    def record(self, kind: str, parent: str | None, /, **values: Any) -> str:
        return self.create(kind, {"deleted": False, **values}, parent)

    def photo(self, content: bytes, media_type: str = "image/jpeg") -> dict[str, Any]:
        """How a record names a photo, or a paper."""
        digest = hashlib.sha256(content).hexdigest()
        return {"digest": digest, "name": "照片", "size": len(content), "media_type": media_type}


class Applicant(Recorder):
    """An officer's client that fills in an application and hands it over."""

    def fill_in(self, identities: Sequence[str], photo: bytes) -> tuple[str, str, Signers]:
        """A married customer with their application, a neighbour who guarantees it, accounts, looks, debts and a house.

        The prospect, the application, and who is to sign.
        """
        who = uuid.uuid4().hex
        prospect = self.record(
            "prospect", None, person=who, owner=self.staff, stage="interested", customer_type="sole_trader"
        )
        borrower = {"name": "王小明", "id_number": identities[0], "mobile": "13800000001", "marital": "married"}
        self.create(
            "person",
            {"deleted": False, "relation": "self", "actual_address": "示例镇", **borrower},
            prospect,
            record=who,
        )
        spouse = self.record("person", prospect, name="李梅", id_number=identities[1], relation="spouse")
        neighbour = self.record(
            "person", prospect, name="王邻居", id_number=identities[2], relation="other", mobile="13900000003"
        )
        self.record("household", prospect, size=3, labour=2, dependants=1)
        self.record("business", prospect, trade="豆腐坊", industry="C", stage="growing")
        product = next(held.values for held in self.base.values() if held.kind == "product")
        chosen = {"product": product["code"], "product_version": product["version"]}
        application = self.record("application", prospect, officer=self.staff, person=who, **LOAN, **chosen)
        self.record("party", application, person=spouse, role="spouse", relation="配偶", signs=True)
        self.record("party", application, person=neighbour, role="guarantor", relation="邻居", signs=True)
        self.record("guarantee", application, guarantor=neighbour, mode="joint", amount_fen=5_000_000)
        self.record("collateral", application, owner=neighbour, **HOUSE)
        self.record("external_debt", application, **DEBT)
        self.record("statement", application, staff=self.staff, **ACCOUNTS)
        self.record("cross_check", application, **CHECK)
        self.record("three_looks", application, findings=[{"subject": "character", "facts": "邻居都说守信"}])
        self.record("look_photos", application, subject="product", staff=self.staff, photos=[self.photo(photo)], **WHEN)
        return prospect, application, [(who, "application"), (spouse, "application"), (neighbour, "guarantor")]

    def sign_all(self, application: str, signers: Signers) -> None:
        """The officer's declaration, and both texts by everybody, on the pad."""
        self.record("conflict_declaration", application, staff=self.staff, zone=ZONE, none=True, **WHEN)
        for who, purpose in signers:
            inquiry = {"purposes": [purpose], "expires": "2027-06-01"}
            for kind, (form, choices, parts) in CONSENTS.items():
                self.record(
                    "consent",
                    application,
                    kind=kind,
                    signer=who,
                    staff=self.staff,
                    text_version="1.0",
                    digest=_wording(f"{form}-1.0.toml"),
                    signed_at=NOW,
                    business_date=DAY,
                    zone=ZONE,
                    choices=dict.fromkeys(choices, True),
                    signatures=[{"under": part, "strokes": [[[0, 0, 500, 900, 900, 500]]]} for part in parts],
                    **(inquiry if kind == "credit_inquiry" else {}),
                )

    def hand_over(self, prospect: str, application: str, *photos: bytes) -> None:
        """Submit what was typed: it waits for what was not sent yet, and for the photos."""
        self._hand_over(application, photos)
        self.edit(prospect, stage="applied")

    def hand_over_corrected(self, application: str, at: str) -> None:
        """Submit what was returned, at a time that no decision names yet."""
        self._edit(application, {"status": "submitted", "submitted_at": at})

    def hand_over_again(self, refused: Queued, *photos: bytes) -> None:
        """The correction of a submission that was refused, at its own number, with what is typed behind it."""
        application = refused.change["record"]
        behind = [one for one in self.outbox if one.change["record"] == application]
        self.outbox = [one for one in self.outbox if one not in behind]
        typed = {name: new for one in behind for name, (_shown, new) in one.change["fields"].items()}
        self._hand_over(application, photos, n=refused.change["n"], **typed)

    def give_up(self, refused: Queued) -> None:
        """Correct what was refused by nothing, at its own number."""
        self._edit(refused.change["record"], {}, n=refused.change["n"])

    def reply_to(self, application: str, question: str, text: str) -> None:
        """Answer a question."""
        self.record("answer", application, question=question, staff=self.staff, at=NOW, text=text)

    def freeze(self, application: str, paper: bytes) -> str:
        """A paper for signature."""
        pdf = self.photo(paper, "application/pdf")
        said = {"kind": "application", "number": LOAN["number"], "version": 1, "template": "1.0"}
        return self.record(
            "document",
            application,
            state="for_signature",
            data_digest="a" * 64,
            pdf_digest=pdf["digest"],
            photos=[pdf],
            staff=self.staff,
            made_at=NOW,
            business_date=DAY,
            **said,
        )

    def _hand_over(self, application: str, photos: Sequence[bytes], *, n: int | None = None, **typed: Any) -> None:
        needs = [one.id for one in self.outbox]
        digests = [self.photo(content)["digest"] for content in photos]
        place = {"n": n} if n is not None else {}
        said = {**typed, "status": "submitted", "submitted_at": NOW}
        self._edit(application, said, needs=needs, digests=digests, **place)


class Decider(Recorder):
    """A reviewer's or approver's client. Theirs is said in contact with head office alone."""

    def ask(self, application: str, text: str) -> str:
        """Ask the officer something about the sales."""
        return self.record("question", application, staff=self.staff, at=NOW, text=text, field="sales_fen")

    def review(self, application: str) -> None:
        """Let it go on to the approver."""
        self._decide_on(application, level="review")

    def send_back(self, application: str, reason: str) -> None:
        """Have the officer correct it."""
        self._decide_on(application, level="review", outcome="return", reason=reason)

    def approve(self, application: str, *, amount_fen: int, months: int) -> None:
        """Grant so much for so long."""
        self._decide_on(application, level="approval", amount_fen=amount_fen, months=months)

    def _decide_on(self, application: str, **said: Any) -> None:
        read = self.base[application].values["submitted_at"]
        usual = {"outcome": "approve", "staff": self.staff, "submission": read, "reason": "checked", **WHEN}
        self.record("decision", application, **(usual | said))


def _wording(form: str) -> str:
    """The digest of a text as it was shown."""
    tables = tomllib.loads((FORMS / form).read_text("utf-8"))
    told = json.dumps(tables, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(told.encode()).hexdigest()
