"""Whether the controller answers, and as which version."""

import os
import sys
import time
import urllib.error
import urllib.request

SERVER = os.environ.get("SERVER", "")


def version(attempts=60, wait=time.sleep):
    """What it says that it is.

    A new pod may be shut off for seconds, until its node has the rules of the network.
    """
    for attempt in range(attempts):
        try:
            with urllib.request.urlopen(f"{SERVER}/login", timeout=10) as answer:  # noqa: S310 - our own
                return answer.headers.get("X-Jenkins")
        except urllib.error.HTTPError as error:
            sys.exit(f"{SERVER}/login: {error.code}")
        except OSError as error:
            if attempt == attempts - 1:
                sys.exit(f"{SERVER} does not answer: {error}")
        wait(1)
    return None


if __name__ == "__main__":
    said = version()
    if not said:
        sys.exit(f"{SERVER} answers, and is no Jenkins")
    print(f"Jenkins {said}")
