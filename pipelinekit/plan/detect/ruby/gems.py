"""What a Gemfile and its lock say: gems, the Ruby that they want, and what of Debian's they look for."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.ranges import RUBY, Choice, choose, quoted
from pipelinekit.plan.detect.signs import Texts
from pipelinekit.records import dataclass

_GEM = re.compile(r"^[^\S\n]*gem[\s(]+[\"']([\w.-]+)[\"']", re.MULTILINE)
_LOCKED = re.compile(r"^    ([\w.-]+) \(([^)\n]*)\)$", re.MULTILINE)
_WANTED = re.compile(r"^[^\S\n]*ruby[\s(]+((?:[\"'][^\"'\n]+[\"'](?:,[^\S\n]*)?)+)", re.MULTILINE)
_TOOL = re.compile(r"^ruby\s+(\d[\w.]*)", re.MULTILINE)
_LOCKED_RUBY = re.compile(r"^RUBY VERSION\n\s+ruby (\d+\.\d+\.\d+)", re.MULTILINE)
_PLATFORMS = re.compile(r"^PLATFORMS\n((?:  \S+\n?)+)", re.MULTILINE)
_LIBRARIES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset(("pg",)), "libpq5"),
    (frozenset(("mysql2",)), "libmariadb3"),
    (frozenset(("ruby-vips",)), "libvips42"),
    (frozenset(("rmagick", "mini_magick")), "imagemagick"),
    (frozenset(("rails", "railties", "tzinfo")), "tzdata"),
)
"""Which gems look for which of Debian's packages when they run; many bring a library of their own."""
_SCRIPTED = frozenset(("execjs", "uglifier", "coffee-rails", "coffee-script", "autoprefixer-rails"))
"""They refuse to be loaded where no JavaScript runs, in the build and after it."""
_RUNTIMES = frozenset(("mini_racer", "therubyracer", "duktape"))
NODE = "nodejs"
_FILES = ("Gemfile", "Gemfile.lock", ".ruby-version", ".tool-versions")


@dataclass(frozen=True, slots=True)
class Gems:
    """`named` are those that the Gemfile asks for; `all` has what these bring along, where a lock says it."""

    named: frozenset[str]
    all: frozenset[str]
    libraries: tuple[str, ...] = ()
    doubt: str = ""


def read(texts: Texts) -> Gems:
    """What is asked for and installed."""
    named = frozenset(_GEM.findall(texts.get("Gemfile", "")))
    lock = texts.get("Gemfile.lock", "")
    everything = named | {each for each, _ in _LOCKED.findall(lock)}
    libraries = tuple(package for who, package in _LIBRARIES if who & everything)
    if _SCRIPTED & everything and not _RUNTIMES & everything:
        libraries = (*libraries, NODE)
    return Gems(named, everything, libraries, _elsewhere(lock))


def _elsewhere(lock: str) -> str:
    said = _PLATFORMS.search(lock)
    platforms = said[1].split() if said else []
    if not platforms or any(each == "ruby" or each.startswith("x86_64-linux") for each in platforms):
        return ""
    return (
        f"Gemfile.lock was made for {' '.join(platforms)[:60]} alone: bundle lock --add-platform x86_64-linux"
    )


def version(texts: Texts) -> tuple[Choice, str]:
    """The Ruby that it wants, and where that is said."""
    said = _WANTED.search(texts.get("Gemfile", ""))
    if said:
        wanted = ", ".join(re.findall(r"[\"']([^\"']+)[\"']", said[1]))
        return choose(wanted, RUBY), f"Gemfile says {quoted(wanted)}"
    words = texts.get(".ruby-version", "").split()
    if words:
        return choose(words[0].removeprefix("ruby-"), RUBY), f".ruby-version says {quoted(words[0])}"
    tool = _TOOL.search(texts.get(".tool-versions", ""))
    if tool:
        return choose(tool[1], RUBY), f".tool-versions says {quoted(tool[1])}"
    locked = _LOCKED_RUBY.search(texts.get("Gemfile.lock", ""))
    if locked:
        return choose(locked[1], RUBY), f"Gemfile.lock says {locked[1]}"
    return choose("", RUBY), ""


def files(texts: Texts) -> tuple[str, ...]:
    """What Bundler reads before the source is there: engines and local gems have files of their own."""
    own = [each for each in _FILES if each in texts]
    if any(each.endswith(".gemspec") for each in texts) or re.search(
        r"\bpath:|:path\s*=>|^[^\S\n]*path\s+[\"']|^[^\S\n]*gemspec\b|eval_gemfile|File\.|require_relative",
        texts.get("Gemfile", ""),
        re.MULTILINE,
    ):
        return (*own, ".")
    return tuple(own)
