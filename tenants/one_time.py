"""One-time passwords by time (RFC 6238: SHA-1, 30 seconds, six digits), as every authenticator app makes them."""

import hmac
import re
from datetime import datetime

from pyotp import TOTP, random_base32

PERIOD = 30
DRIFT = 1
"""Steps that the phone's clock may be away from ours, to either side."""
CODE = re.compile(r"\d{6}", re.ASCII)
ISSUER = "调解"


def new_secret() -> str:
    """160 random bits in base32."""
    return random_base32()


def step_of(instant: datetime) -> int:
    """The number of the time step that holds the instant."""
    return int(instant.timestamp()) // PERIOD


def code_of(secret: str, step: int) -> str:
    return TOTP(secret, interval=PERIOD).generate_otp(step)


def matching_step(secret: str, code: str, instant: datetime) -> int | None:
    """The step near the instant whose code this is. All are compared, so that the time tells nothing."""
    now = step_of(instant)
    near = range(now - DRIFT, now + DRIFT + 1)
    found = [step for step in near if hmac.compare_digest(code_of(secret, step).encode(), code.encode())]
    return max(found, default=None)


def address(secret: str, login: str) -> str:
    """`otpauth://…`, which the QR code holds."""
    return TOTP(secret, interval=PERIOD).provisioning_uri(name=login, issuer_name=ISSUER)
