"""How the other system knows that it was us: the scheme of standardwebhooks.com.

HMAC-SHA256 over `id.timestamp.body`; the secret is `whsec_` and the key in base64.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

PREFIX = "whsec_"
KEY_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def signed(secret: str, mark: str, now: datetime, body: bytes) -> Mapping[str, str]:
    """The headers. The timestamp is this attempt's: the other side refuses what is older than some minutes."""
    stamp = str(int(now.timestamp()))
    content = f"{mark}.{stamp}.".encode() + body
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Tiaojie-Webhooks",
        "Webhook-Id": mark,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{signature}",
    }
