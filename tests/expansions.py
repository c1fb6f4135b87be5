"""Words of a Dockerfile that tell expansions apart, and what BuildKit makes of them.

`python -m tests.expansions PROGRAM` writes the answers anew. The program is BuildKit's own lexer with a
command line: `go build -o PROGRAM .` in tests/testbed/go/expansion.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

ANSWERS = Path(__file__).with_name("expansions.json")
VALUES = {"V": "1.2.3", "EMPTY": "", "P": "a/b/c"}
"""As in the program."""
SEED, COUNT = 7, 12_000
_PIECES = (
    *(
        "$V",
        "${V}",
        "${EMPTY:-x}",
        "${EMPTY-x}",
        "${NONE:-",
        "${V%",
        "${V%%",
        "${V#",
        "${V##",
        "${V/",
        "${V//",
    ),
    *(
        "${P#",
        "${P##",
        "${P%%",
        "}",
        "}",
        "}",
        ".*",
        "*.",
        "/",
        "?",
        "*",
        "'",
        '"',
        "\\",
        "a",
        ":",
        "-",
        "$",
        "1",
    ),
    *("$NONE", "${NONE+", "${V:+", "${NONE:?", "."),
)


def words() -> list[str]:
    """What is asked, always the same."""
    dice = random.Random(SEED)  # noqa: S311 - a sample
    made = ("".join(dice.choice(_PIECES) for _ in range(dice.randint(1, 7))) for _ in range(COUNT))
    return list(dict.fromkeys(made))


def main(program: str) -> None:
    """Ask BuildKit, and keep its answers for the words that it takes."""
    asked = "\n".join(map(json.dumps, words()))
    done = subprocess.run([program], input=asked.encode(), capture_output=True, check=True)
    answers = zip(words(), map(json.loads, done.stdout.decode().splitlines()), strict=True)
    kept = {word: answer for word, answer in answers if answer is not None}
    ANSWERS.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
