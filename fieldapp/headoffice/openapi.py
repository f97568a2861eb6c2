"""The routes as an OpenAPI 3.1 document, made from the very types that are sent."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import (
    MEDIA_TYPE,
    PROTOCOL,
    REQUEST_HEADER,
    AttachmentStatus,
    EnrolReply,
    EnrolRequest,
    Problem,
    SyncReply,
    SyncRequest,
)

_SHAPES = (EnrolRequest, EnrolReply, SyncRequest, SyncReply, Change, AttachmentStatus, Problem)


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
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _paths(named: dict[type, dict[str, Any]]) -> dict[str, Any]:
    problem = {"description": "A problem", "content": {MEDIA_TYPE: {"schema": named[Problem]}}}
    echoed = {"name": REQUEST_HEADER, "in": "header", "schema": {"type": "string"}}

    def operation(summary: str, *, parameters: tuple[dict[str, Any], ...] = (), **parts: Any) -> dict[str, Any]:
        answers = parts.pop("responses")
        return {
            "summary": summary,
            "parameters": [echoed, *parameters],
            **parts,
            "responses": {**answers, "default": problem},
        }

    def message(shape: type) -> dict[str, Any]:
        return {"required": True, "content": {MEDIA_TYPE: {"schema": named[shape]}}}

    def answer(shape: type) -> dict[str, Any]:
        return {"200": {"description": "Done", "content": {MEDIA_TYPE: {"schema": named[shape]}}}}

    digest = {
        "name": "digest",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
    number = {"type": "integer", "minimum": 0}
    offset = {"name": "Upload-Offset", "in": "header", "required": True, "schema": number}
    length = {"name": "Upload-Length", "in": "header", "schema": number}
    octets = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "/health": {"get": operation("Whether head office is there", security=[], responses={"200": _OK})},
        "/schema": {"get": operation("This document", responses={"200": _OK})},
        "/enrol": {
            "post": operation(
                "A laptop presents its one-time code",
                security=[],
                requestBody=message(EnrolRequest),
                responses=answer(EnrolReply),
            )
        },
        "/sync": {
            "post": operation("One exchange", requestBody=message(SyncRequest), responses=answer(SyncReply)),
        },
        "/attachments/{digest}": {
            "head": operation("How much is here", parameters=(digest,), responses={"200": _OK}),
            "patch": operation(
                "Append a piece",
                parameters=(digest, offset, length),
                requestBody={"required": True, "content": octets},
                responses=answer(AttachmentStatus),
            ),
            "get": operation(
                "The bytes, or a range of them",
                parameters=(digest,),
                responses={"200": {"description": "All", "content": octets}, "206": {"description": "A range"}},
            ),
        },
    }


_OK = {"description": "Done"}
