"""Asking a server on this computer in plain HTTP: nobody shows a certificate, so none of the world's are read.

To read them takes httpx 25 ms for every client, ten times as long as the question.
"""

from __future__ import annotations

import ssl
from functools import partial

import httpx2

TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

get = partial(httpx2.get, verify=TRUSTING_NOBODY)
post = partial(httpx2.post, verify=TRUSTING_NOBODY)
Client = partial(httpx2.Client, verify=TRUSTING_NOBODY)
