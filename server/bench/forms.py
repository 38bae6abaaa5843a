"""Fictitious bodies of the acts that are measured."""

from typing import Any

DISPUTE = 8
"""Land: its seeds are the most."""


def registration(place_id: int, persons: int) -> dict[str, Any]:
    """As a clerk fills it in, with so many petitioners."""
    return {
        "mode": "desk",
        "source": "application",
        "place_id": place_id,
        "dispute_type": DISPUTE,
        "first_visit": True,
        "petitioners": [
            {"name": f"虚构{number:02d}", "telephone": f"1380000{number:04d}", "address": "虚构村一组"}
            for number in range(1, persons + 1)
        ],
        "statement": "虚构的陈述：临时占用的土地未付租金，青苗未补偿。",
        "claims": [{"text": "支付租金并补偿青苗", "nature": "land_use"}],
        "privacy_notice": True,
    }
