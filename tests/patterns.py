"""Patterns and paths that tell matchers of `.dockerignore` apart, and what Docker's own makes of them.

`python -m tests.patterns PROGRAM` writes the answers anew. The program is Docker's matcher with a command
line: `go build -o PROGRAM .` in tests/testbed/go/patternmatcher.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

SEED = 20240611
COUNT = 3_000
ANSWERS = Path(__file__).with_name("patterns.json")
_PIECES = (
    "a",
    "b",
    ".",
    "/",
    "*",
    "**",
    "?",
    "**/",
    "/**",
    "[ab]",
    "[^a]",
    "[a-c]",
    "\\*",
    ".pem",
    "+",
    "(",
    "é",
)
_PATH_PIECES = ("a", "b", ".", "/", "ab", ".pem", "*", "+", "(", "é", "a/b", "c")
WRITTEN = (
    "**.pem",
    "**.pem\n!keys/server.pem",
    "**/*.pem",
    "**/.env",
    "keys**",
    "keys/**",
    "**",
    "**/**",
    "***",
    "a**b",
    "*a**b",
    "a*a*a*a*b",
    "# a\n a ",
    "!\n",
    "!a\n*",
    "a]",
    "[]a]",
    "[a-]",
    "[-a]",
    "[^]",
    "[b-a]",
    "[\\]]",
    "a\\",
    "/",
    "/a/",
    "./a/../b",
    "../a",
    "a^b",
    "^a*",
    "*$",
    "[a",
    "[&~|]",
    "**a*",
    "**\\.pem",
    "a/**/**/b",
    "*/**",
)


def questions() -> list[tuple[str, list[str]]]:
    """The texts of `.dockerignore` files, and the paths that each is asked about; always the same ones."""
    dice = random.Random(SEED)  # noqa: S311 - a sample

    def made(pieces: tuple[str, ...], most: int) -> str:
        return "".join(dice.choice(pieces) for _ in range(dice.randint(1, most)))

    texts = list(WRITTEN)
    while len(texts) < COUNT:
        lines = [dice.choice(("", "", "", "!")) + made(_PIECES, 6) for _ in range(dice.randint(1, 3))]
        texts.append("\n".join(lines))
    fixed = ["a", "b", "a/b", "a.pem", "keys/server.pem", ".env", "a/b/c/.env", "keys", "keysafe", "x/a]"]
    return [(text, fixed + [path for path in _paths(made) if path]) for text in texts]


def _paths(made: object) -> list[str]:
    assert callable(made)
    found = (made(_PATH_PIECES, 5) for _ in range(6))
    return ["/".join(part for part in each.split("/") if part.strip(".")) for each in found]


def main(program: str) -> None:
    """Ask the real matcher, and keep its answers: for each text the paths left out, or null for a refusal."""
    asked = "\n".join(json.dumps({"text": text, "paths": paths}) for text, paths in questions())
    done = subprocess.run([program], input=asked.encode(), capture_output=True, check=True)
    ANSWERS.write_text("[\n" + ",\n".join(done.stdout.decode().splitlines()) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1])
