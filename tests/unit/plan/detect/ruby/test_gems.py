from __future__ import annotations

import pytest

from pipelinekit.plan.detect.ruby import gems

LOCK = """GEM
  remote: https://gems.example/
  specs:
    pg (1.5.4)
    puma (6.4.0)
      nio4r (~> 2.0)

PLATFORMS
  {}

DEPENDENCIES
  puma

RUBY VERSION
   ruby 3.3.1p55

BUNDLED WITH
   2.5.3
"""


def test_what_is_named_and_what_that_brings() -> None:
    texts = {
        "Gemfile": "gem 'puma', '~> 6'\n  gem(\"rails\")\n# gem 'thin'\n",
        "Gemfile.lock": LOCK.format("ruby"),
    }
    said = gems.read(texts)
    assert said.named == {"puma", "rails"}
    assert said.all == {"puma", "rails", "pg"}
    assert said.libraries == ("libpq5", "tzdata")
    assert said.doubt == ""


@pytest.mark.parametrize(
    ("platforms", "told"),
    [
        ("arm64-darwin-23", True),
        ("arm64-darwin-23\n  x86_64-linux", False),
        ("x86_64-linux-gnu", False),
        ("ruby", False),
    ],
)
def test_a_lock_of_another_machine_is_told(platforms: str, told: bool) -> None:
    assert bool(gems.read({"Gemfile": "", "Gemfile.lock": LOCK.format(platforms)}).doubt) == told


@pytest.mark.parametrize(
    ("texts", "version", "where"),
    [
        ({"Gemfile": "ruby '3.3.1'"}, "3.3.1", "Gemfile says 3.3.1"),
        ({"Gemfile": 'ruby "~> 3.3.0"'}, "3.3", "Gemfile says"),
        ({"Gemfile": "ruby '>= 3.2', '< 3.4'"}, "3.3", "Gemfile says >= 3.2, < 3.4"),
        ({"Gemfile": 'ruby file: ".ruby-version"', ".ruby-version": "ruby-3.4.1\n"}, "3.4.1", ".ruby-ver"),
        ({"Gemfile": "", ".tool-versions": "nodejs 20\nruby 3.3.6\n"}, "3.3.6", ".tool-versions"),
        ({"Gemfile": "", "Gemfile.lock": LOCK}, "3.3.1", "Gemfile.lock"),
        ({"Gemfile": "gem 'ruby-vips'"}, "3.4", ""),
    ],
)  # fmt: skip
def test_the_ruby_that_is_wanted(texts: dict[str, str], version: str, where: str) -> None:
    choice, said = gems.version(texts)
    assert choice.version == version
    assert where in said


def test_an_old_one_is_marked() -> None:
    assert gems.version({"Gemfile": "ruby '2.7.8'"})[0].doubt


def test_gems_of_the_repository_want_the_whole_source() -> None:
    assert gems.files({"Gemfile": "gem 'a'", ".ruby-version": "3.3"}) == ("Gemfile", ".ruby-version")
    assert gems.files({"Gemfile": "gem 'a', path: 'engines/a'"}) == ("Gemfile", ".")
    assert gems.files({"Gemfile": "gemspec", "a.gemspec": ""}) == ("Gemfile", ".")
