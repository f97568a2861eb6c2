"""What the people of an application sign, and what its officer declares, as the screen does it."""

from __future__ import annotations

from fieldapp.domain.application_records import ConsentKind, Signature, Stroke
from fieldapp.domain.identifiers import RecordId
from fieldapp.services.record_consent import Consents, NewConsent
from fieldapp.store.database import Store


def writing(under: str = "whole") -> Signature:
    """Two strokes of a pen."""
    return Signature(
        under=under,
        strokes=(
            Stroke((1500, 3000, 300, 3000, 6500, 700, 4200, 3500, 500)),
            Stroke((5000, 3200, 400, 7000, 6000, 800)),
        ),
    )


def sign(
    store: Store, application: str, person: str, kind: ConsentKind, purpose: str = "application", **changed: object
) -> RecordId:
    """Let a person sign one text on the screen, agreeing to everything unless ``changed`` says otherwise."""
    service = Consents(store)
    text = service.text(kind)
    fields = {
        "choices": dict.fromkeys(text.choices, True),
        "purposes": (purpose, "post_loan") if text.purposes else (),
        "signatures": tuple(map(writing, text.signed_parts)),
    } | changed
    new = NewConsent(application=application, person=person, kind=kind, digest=text.digest, **fields)  # type: ignore[arg-type]
    return service.give(new)


def sign_everything(store: Store, application: str) -> None:
    """Let everybody sign what the application still needs, and declare that there is no conflict."""
    service = Consents(store)
    case = service.open(application)
    if case.declared is None:
        service.declare(application, none=True)
    for row in case.rows:
        purpose = "guarantor" if row.who.role == "guarantor" else "application"
        sign(store, application, row.who.person, row.kind, purpose)
