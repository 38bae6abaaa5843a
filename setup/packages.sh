#!/bin/sh
# Python packages exactly as locked. uv reads no pip.conf: where the machine names its index only there, uv is told.
set -eu
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${UV_CONFIG_FILE:-}" ]; then
    index=${PIP_INDEX_URL:-$(.venv/bin/pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$index" ]; then
        UV_DEFAULT_INDEX=$index
        export UV_DEFAULT_INDEX
    fi
fi
.venv/bin/uv pip sync --quiet --require-hashes requirements/dev.txt requirements/uv.txt
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
