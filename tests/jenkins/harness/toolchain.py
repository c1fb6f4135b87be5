"""The engine on disk: jars from Maven, the harness compiled once, both kept in a cache.

The cache is ``$PIPELINEKIT_HARNESS_CACHE``, or ``pipelinekit-harness`` under ``$XDG_CACHE_HOME``
(``~/.cache``). What is in it is named by a digest of what made it, so nothing there is ever out of date.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

_HERE = Path(__file__).parent
_POM = _HERE / "pom.xml"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_SECONDS = 600

# C1 alone starts quickest; nothing here runs long enough to pay for the optimising compiler.
_FLAGS = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-Xmx1g",
    "-Dfile.encoding=UTF-8",
)
# No warnings: a newer compiler has new ones, and they are none of a test run's business.
_JAVAC = ("-proc:none", "-nowarn", "-encoding", "UTF-8", "--release", "17")
_MAIN = "harness.Main"


class ToolchainError(Exception):
    """A tool is missing, or did not do its work; the message says what to install or shows its output."""


def command(train: Callable[[list[str]], None]) -> list[str]:
    """The command that starts the engine; fetches and compiles what is not in the cache yet.

    `train` is called with a command once for each new harness: what that run loads is then kept as an
    archive that the JVM maps at its next start.
    """
    java = _tool("java", "openjdk-17-jdk-headless")
    jars = engine_jars()
    sources = sorted((_HERE / "java").rglob("*.java"))
    digest = _digest([_POM, *sources], java)
    home = _kept("engine", digest, lambda folder: _compile(folder, jars, sources))
    archive = home / "classes.jsa"
    start = [
        java,
        *_FLAGS,
        "-cp",
        os.pathsep.join(map(str, [home / "harness.jar", *sorted(jars.glob("*.jar"))])),
    ]
    if not archive.exists():
        fresh = home / f"classes.{os.getpid()}.jsa"
        train([*start, f"-XX:ArchiveClassesAtExit={fresh}", "-Xlog:disable", "-Xlog:all=off", _MAIN])
        if fresh.exists():
            fresh.replace(archive)
    return [*start, f"-XX:SharedArchiveFile={archive}", "-Xlog:disable", "-Xlog:all=off", _MAIN]


def engine_jars() -> Path:
    """The folder with the engine's jars, Groovy's among them; fetched when it is not in the cache yet."""
    return _kept("jars", _digest([_POM]), _fetch)


def _cache() -> Path:
    named = os.environ.get("PIPELINEKIT_HARNESS_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pipelinekit-harness"


def _kept(kind: str, digest: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name, made when it is missing: whole or not at all, whoever else makes it too."""
    home = _cache() / f"{kind}-{digest}"
    if home.is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{kind}-", dir=home.parent))
    try:
        make(fresh)
        fresh.rename(home)
    except OSError:
        if not home.is_dir():  # someone else was quicker, else it is a real failure
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return home


def _fetch(folder: Path) -> None:
    maven = _tool("mvn", "maven")
    _call(
        [maven, "-B", "-q", "-f", str(_POM), _COPY, f"-DoutputDirectory={folder}"], "fetch the engine's jars"
    )
    if not list(folder.glob("groovy-cps-*.jar")):
        raise ToolchainError("Maven reported success, but the engine's jars are not there")


def _compile(folder: Path, jars: Path, sources: list[Path]) -> None:
    javac = _tool("javac", "openjdk-17-jdk-headless")
    with tempfile.TemporaryDirectory(dir=folder) as classes:
        classpath = os.pathsep.join(map(str, sorted(jars.glob("*.jar"))))
        _call([javac, *_JAVAC, "-cp", classpath, "-d", classes, *map(str, sources)], "compile the harness")
        # A jar, because the JVM's class archive takes no folders.
        with zipfile.ZipFile(folder / "harness.jar", "w", zipfile.ZIP_DEFLATED) as jar:
            for file in sorted(Path(classes).rglob("*.class")):
                jar.write(file, str(file.relative_to(classes)))


def _tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolchainError(f"the Jenkins harness needs `{name}`: install the Debian package `{package}`")
    return str(Path(found).resolve())


def _call(argv: list[str], purpose: str) -> None:
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        output = done.stdout.decode(errors="replace")
        raise ToolchainError(
            f"could not {purpose}: {Path(argv[0]).name} exited {done.returncode}\n{output[-4000:]}"
        )


def _digest(files: list[Path], *words: str) -> str:
    seen = hashlib.sha256()
    for file in files:
        seen.update(f"{file.name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    for word in words:
        seen.update(word.encode())
    return seen.hexdigest()[:20]
