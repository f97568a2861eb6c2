"""The routes as an OpenAPI 3.1 document, made from the very types that are sent."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from fieldapp.headoffice.watching import Health
from fieldapp.protocol.changes import BriefChange, Change
from fieldapp.protocol.messages import (
    MEDIA_TYPE,
    PROTOCOL,
    REQUEST_HEADER,
    AttachmentStatus,
    CertificateReply,
    CertificateRequest,
    EnrolReply,
    EnrolRequest,
    ParcelKey,
    ParcelReceipt,
    Problem,
    SyncReply,
    SyncRequest,
)

_SHAPES = (
    EnrolRequest,
    EnrolReply,
    CertificateRequest,
    CertificateReply,
    SyncRequest,
    SyncReply,
    Change,
    BriefChange,
    AttachmentStatus,
    ParcelKey,
    ParcelReceipt,
    Problem,
    Health,
)

_BUSY = (429, 503)
"""What every route may answer when there is too much to do."""


@cache
def described() -> bytes:
    """The document as JSON."""
    shapes, components = msgspec.json.schema_components(_SHAPES, ref_template="#/components/schemas/{name}")
    named: dict[type, dict[str, Any]] = dict(zip(_SHAPES, shapes, strict=True))
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "fieldapp head office", "version": str(PROTOCOL)},
            "security": [{"token": []}],
            "paths": _paths(named),
            "components": {
                "schemas": components,
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer"},
                    "metrics": {"type": "http", "scheme": "bearer"},
                },
            },
        }
    )


def _paths(named: dict[type, dict[str, Any]]) -> dict[str, Any]:
    told = _Telling(named)
    digest = {
        "name": "digest",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
    offset, length, range_wanted, complete, coding = (
        _header("Upload-Offset", _NUMBER, required=True),
        _header("Upload-Length", _NUMBER),
        _header("Range", {"type": "string", "pattern": "^bytes=[0-9]{1,15}-[0-9]{0,15}$"}),
        _header("Upload-Complete", {"type": "string", "enum": ["?0", "?1"]}),
        _header("Content-Encoding", {"type": "string", "enum": ["identity", "zstd"]}),
    )
    octets = {"schema": {"type": "string", "format": "binary"}}
    held = {"Upload-Offset": {"schema": _NUMBER}, "Upload-Complete": {"schema": {"type": "string"}}}
    uploaded = {"description": "What is here now", "headers": held, **told.content(AttachmentStatus)}
    elsewhere = {
        "description": "The piece does not begin where the bytes here end; go on from the offset told",
        "headers": held,
        "content": {MEDIA_TYPE: {"schema": {"allOf": [named[Problem], named[AttachmentStatus]]}}},
    }
    return {
        "/health": {
            "get": told.operation(
                "Whether head office is there and reaches its database",
                {"200": told.answer(Health, "It does"), "503": told.answer(Health, "It does not")},
                security=[],
            )
        },
        "/metrics": {
            "get": told.operation(
                "Figures for Prometheus, for this machine or whoever has the token for them",
                {"200": {"description": "Done", "content": {"text/plain": {"schema": {"type": "string"}}}}},
                refusals=(404,),
                security=[{}, {"metrics": []}],
            )
        },
        "/schema": {
            "get": told.operation(
                "This document",
                {"200": {"description": "Done", "content": {"application/json": {"schema": {"type": "object"}}}}},
                refusals=(401, 403),
            )
        },
        "/enrol": {
            "post": told.operation(
                "A laptop presents its one-time code",
                {"200": told.answer(EnrolReply)},
                refusals=(400, 403, 408, 413, 415, 422, 426),
                parameters=(coding,),
                security=[],
                requestBody=told.message(EnrolRequest),
            )
        },
        "/certificate": {
            "post": told.operation(
                "A laptop asks for a certificate for the key it seals papers with",
                {"200": told.answer(CertificateReply)},
                refusals=(400, 401, 403, 408, 413, 415, 422, 426),
                parameters=(coding,),
                requestBody=told.message(CertificateRequest),
            )
        },
        "/sync": {
            "get": told.operation(
                "Whether there is anything new, for a laptop with nothing to send",
                {"200": told.answer(SyncReply), "204": {"description": "Nothing"}},
                refusals=(401, 403, 409, 422),
                parameters=(_query("c", {"type": "string"}), _query("n", _NUMBER)),
            ),
            "post": told.operation(
                "One exchange",
                {"200": told.answer(SyncReply)},
                refusals=(400, 401, 403, 408, 409, 413, 415, 422, 426),
                parameters=(coding,),
                requestBody=told.message(SyncRequest),
            ),
        },
        "/parcel": {
            "get": told.operation(
                "The key to seal to, for a laptop that was shut out",
                {"200": told.answer(ParcelKey)},
                refusals=(401, 409, 422),
                parameters=(_header("Parcel-Marks", {"type": "string", "pattern": _MARKS}),),
            ),
            "post": told.operation(
                "A sealed part of the unsent work of a laptop that was shut out",
                {"200": told.answer(ParcelReceipt)},
                refusals=(400, 401, 408, 409, 413, 415, 422),
                parameters=(
                    _header("Parcel-Hand-In", {"type": "string", "pattern": "^[0-9a-f]{32}$"}, required=True),
                    _header("Parcel-Number", _NUMBER, required=True),
                    _header("Parcel-Last", {"type": "string", "enum": ["?0", "?1"]}),
                ),
                requestBody={"required": True, "content": {_PIECES[1]: octets}},
            ),
        },
        "/attachments/{digest}": {
            "head": told.operation(
                "How much is here",
                {"200": {"description": "Told in the headers", "headers": held}},
                refusals=(401, 403, 404),
                parameters=(digest,),
            ),
            "patch": told.operation(
                "Append a piece",
                {"200": uploaded, "409": elsewhere},
                refusals=(400, 401, 403, 404, 408, 413, 415, 422),
                parameters=(digest, offset, length, complete),
                requestBody={"required": True, "content": dict.fromkeys(_PIECES, octets)},
            ),
            "get": told.operation(
                "The bytes, or a range of them",
                {
                    "200": {"description": "All", "content": {_PIECES[1]: octets}},
                    "206": {"description": "A range", "content": {_PIECES[1]: octets}},
                },
                refusals=(401, 403, 404, 416),
                parameters=(digest, range_wanted),
            ),
        },
    }


class _Telling:
    """The parts that operations have in common."""

    def __init__(self, named: dict[type, dict[str, Any]]) -> None:
        self._named = named

    def operation(
        self,
        summary: str,
        answers: dict[str, Any],
        *,
        refusals: tuple[int, ...] = (),
        parameters: tuple[dict[str, Any], ...] = (),
        **parts: Any,
    ) -> dict[str, Any]:
        """One method of one path. Whatever else goes wrong is a problem too."""
        statuses = [str(status) for status in sorted({*refusals, *_BUSY})]
        problems = {status: self.answer(Problem, "A problem") for status in statuses if status not in answers}
        return {
            "summary": summary,
            "parameters": [_ECHOED, *parameters],
            **parts,
            "responses": {**answers, **problems, "default": self.answer(Problem, "A problem")},
        }

    def message(self, shape: type) -> dict[str, Any]:
        return {"required": True, **self.content(shape)}

    def answer(self, shape: type, description: str = "Done") -> dict[str, Any]:
        return {"description": description, **self.content(shape)}

    def content(self, shape: type) -> dict[str, Any]:
        return {"content": {MEDIA_TYPE: {"schema": self._named[shape]}}}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": True, "schema": schema}


def _header(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": schema}


_MARKS = "^([A-Za-z0-9_-]{1,64}=[0-9]{1,18}:[0-9a-f]{1,64}(, )?)*$"
_NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}
_PIECES = ("application/offset+octet-stream", "application/octet-stream")
_ECHOED = _header(REQUEST_HEADER, {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"})
