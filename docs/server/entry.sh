#!/bin/sh
# Starts a command of the lab in a container. The database's password comes from a file that is mounted, never from the
# image or the compose file; whoever lists the containers does not see it.
set -eu
if [ -r "${KHUTWA_PASSWORD_FILE:-/run/secrets/database_password}" ]; then
    PGPASSWORD=$(cat "${KHUTWA_PASSWORD_FILE:-/run/secrets/database_password}")
    export PGPASSWORD
fi
exec "${KHUTWA_PYTHON:-python}" cli.py "$@"
