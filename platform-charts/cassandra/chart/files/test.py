"""The superuser logs in with the Secret's password, each keeper answers, and `cassandra` is locked."""

import os
import sys

from servers import DEFAULT, Refused, admin, cql, patiently, reached

ASKED = "SELECT release_version FROM system.local;"

patiently(lambda: cql(ASKED, admin()))
reached()
try:
    patiently(lambda: cql(ASKED, DEFAULT))
except Refused:
    print(f"{os.environ['ROLE']} logs in, cassandra does not")
else:
    sys.exit("cassandra logs in with its own name for a password: deploy once more")
