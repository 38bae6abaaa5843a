"""Asking a web server of ours whether it is ready, from the same machine: health checks and the supervisor."""

import http.client

from foundation.settings import Settings

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
SECONDS = 5


def is_ready(settings: Settings) -> bool:
    """Its own answer at /ready; False also when nobody answers."""
    host = EVERYWHERE.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=SECONDS)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
