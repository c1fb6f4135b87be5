"""Whether a broker offers what it should: `python -m broker.check URL`, which the chart's test runs."""

from __future__ import annotations

import base64
import json
import sys
import time
import urllib.error
import urllib.request

from broker import catalog, settings

_PATIENCE = 60.0  # seconds; a new pod may be shut off until its node has the rules of the network


def main(url: str) -> int:
    """0 if the catalog is the one of our settings, 1 with a sentence if not."""
    said = settings.from_environment()
    wanted = catalog.read(said.catalog.read_text()).told()
    login = f"{said.secret('login/username')}:{said.secret('login/password')}".encode()
    headers = {
        "Authorization": f"Basic {base64.b64encode(login).decode()}",
        "X-Broker-API-Version": "2.17",
    }
    request = urllib.request.Request(f"{url}/v2/catalog", headers=headers)  # noqa: S310 - the chart's own
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                found = json.load(answer)
            break
        except urllib.error.HTTPError as error:
            print(f"the broker answers {error.code}: {error.read().decode(errors='replace')}")
            return 1
        except OSError as error:
            if time.monotonic() > until:
                print(f"the broker does not answer: {error}")
                return 1
            time.sleep(1)
    if found != wanted:
        print("the broker offers something else than its catalog says")
        return 1
    print(f"the broker offers {len(wanted['services'])} services")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
