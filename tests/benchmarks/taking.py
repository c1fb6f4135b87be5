"""B15: how long it takes to look at a repository of 20,000 files before anything is written."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.measure import Row, interleaved, least

BIN = Path(sys.executable).parent
RUNS = 7
FLOOR = (
    "import os, sys\n"
    "for folder, _, names in os.walk(sys.argv[1]):\n"
    "    for name in names:\n"
    "        with open(os.path.join(folder, name), errors='replace') as file:\n"
    "            file.read()\n"
)
_OTHERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "Python": (
        "shop/pkg{}/m{}.py",
        "import os\n\n\nclass Task:\n    def run(self, host, port=0):\n        return os.getenv(host)\n" * 7,
        {"requirements.txt": "redis\nrq\n", "worker.py": "import redis\n\nwhile True:\n    pass\n"},
    ),
    "Go": (
        "pkg{}/m{}.go",
        'package a\n\nimport "net/http"\n\nfunc f(c *http.Client, addr string) error {\n'
        '\t_, err := c.Get(addr + "/health")\n\treturn err\n}\n' * 5,
        {
            "go.mod": "module example.com/shop\ngo 1.25\n",
            "cmd/api/main.go": 'package main\n\nimport _ "example.com/shop/pkg1"\n\nfunc main() {}\n',
            "cmd/worker/main.go": "package main\n\nfunc main() {}\n",
        },
    ),
    "Rust": (
        "src/pkg{}/m{}.rs",
        "use std::env;\n\npub fn f(a: &str) -> u32 { env::var(a).map_or(0, |each| each.len() as u32) }\n" * 7,
        {
            "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\n',
            "Cargo.lock": "",
            "src/main.rs": "fn main() { loop {} }\n",
        },
    ),
    "a worker in JavaScript": (
        "src/pkg{}/m{}.js",
        "module.exports = (app, port) => fetch(`http://a:${port}/x`, {env: process.env.PORT}).then(f);\n" * 8,
        {
            "package.json": '{"main":"worker.js","dependencies":{"bullmq":"5"}}',
            "worker.js": "new (require('bullmq').Worker)('a')\n",
        },
    ),
}
"""The path of each file, what is in it, and the files at the top."""
_SOURCE = "const a = {b: [1, (2)]};\nfunction f(x) { return x.port }\n" * 12
_STEPS = "jobs:\n  a:\n    steps:\n" + "      - run: npm test\n" * 60


def run() -> list[Row]:
    """`new-app --explain` against one second, and against reading the same files and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder, "shop")
        lay(repository)
        others = {language: Path(folder, f"other{number}") for number, language in enumerate(_OTHERS)}
        for language, place in others.items():
            lay_other(place, language)
        samples = interleaved(
            {
                "look": lambda: _look(repository),
                "read": lambda: _call([sys.executable, "-c", FLOOR, str(repository)], folder),
                **{language: partial(_look, place) for language, place in others.items()},
            },
            RUNS,
        )
    best = {name: least(each, "user") for name, each in samples.items()}
    subject = "new-app --explain, 20,000 files"
    return [
        Row("B15", subject, "a second", "user, min", best["look"], 1.0, 1.0),
        Row("B15", subject, "os.walk, open, read", "user, min", best["look"], best["read"], 8.0),
        *(
            Row("B15", f"{subject} of {language}", "a second", "user, min", best[language], 1.0, 1.0)
            for language in _OTHERS
        ),
    ]


def lay_other(folder: Path, language: str) -> None:
    """The same number of files in another language, and none of them the program's own."""
    named, source, top = _OTHERS[language]
    for path, text in top.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for package in range(200):
        (folder / named.format(package, 0)).parent.mkdir(parents=True)
        for number in range(99):
            (folder / named.format(package, number)).write_text(source)


def lay(folder: Path) -> None:
    """A server of 20,000 files in 200 folders, with twenty workflows and a compose file."""
    for package in range(200):
        inside = folder / f"src/pkg{package}"
        inside.mkdir(parents=True)
        for number in range(99):
            (inside / f"m{number}.js").write_text(_SOURCE)
    (folder / "package.json").write_text('{"main":"src/pkg1/m1.js","dependencies":{"express":"4"}}')
    workflows = folder / ".github/workflows"
    workflows.mkdir(parents=True)
    for number in range(20):
        (workflows / f"w{number}.yml").write_text(_STEPS)
    names = ["shop", *(f"s{each}" for each in range(1, 100))]
    services = "".join(
        f"  {name}:\n    build: .\n    ports: ['1:{8000 + each}']\n" for each, name in enumerate(names)
    )
    (folder / "docker-compose.yml").write_text(f"services:\n{services}")


def _look(folder: Path) -> None:
    """Whatever it ends with: several programs are a question."""
    argv = [str(BIN / "pipelinekit"), "new-app", "shop", "--from", str(folder), "--explain"]
    _call(argv, str(folder.parent), codes=(0, 2, 6))


def _call(argv: Sequence[str], folder: str, codes: Sequence[int] = (0,)) -> None:
    done = subprocess.run(argv, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if done.returncode not in codes:
        raise subprocess.CalledProcessError(done.returncode, argv)
