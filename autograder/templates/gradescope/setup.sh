#!/usr/bin/env bash
# Prepares the image that submissions are graded in; run once, as root.
set -euo pipefail
HERE="$(cd "$(dirname "$0")" && pwd)"
export DEBIAN_FRONTEND=noninteractive
apt-get update
# bubblewrap gives the strongest isolation; where the platform does not allow it, the grader takes the next level
apt-get install -y --no-install-recommends bubblewrap || true
find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        if command -v "$name" > /dev/null && "$name" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
            command -v "$name"
            return
        fi
    done
}
PYTHON="$(find_python)"
if [ -z "$PYTHON" ]; then
    apt-get install -y --no-install-recommends python3.12 python3.12-venv \
        || apt-get install -y --no-install-recommends python3.11 python3.11-venv
    PYTHON="$(find_python)"
fi
"$PYTHON" -m venv /opt/autograder
PIP="/opt/autograder/bin/pip install --no-cache-dir --disable-pip-version-check"
# torch first: nothing here needs a GPU, so an index of CPU builds (TORCH_INDEX) keeps the image small
TORCH_INDEX="@TORCH_INDEX@"
$PIP ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$(grep -m 1 '^torch==' "$HERE/requirements.txt")"
$PIP -r "$HERE/requirements.txt"
# student code runs as another user, who reads Python and its packages and nothing of what lies here
chmod -R a+rX /opt/autograder
chown -R root:root "$HERE"
chmod -R go-rwx "$HERE"
