"""Languages and generators of which no image is built here: told by name, never taken for something else."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.signs import Texts

_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"mix\.exs", "Elixir", "`mix phx.gen.release --docker` writes one"),
    (r"(?:hugo|config/_default/hugo)\.(?:toml|ya?ml|json)", "Hugo", ""),
    (r"_config\.ya?ml", "Jekyll without a Gemfile", "with a Gemfile that names jekyll it is built here"),
    (r"build\.sbt", "Scala with sbt", "the plugin sbt-native-packager writes one"),
    (r"Package\.swift", "Swift", ""),
    (r"deno\.jsonc?", "Deno", ""),
    (r"rebar\.config", "Erlang", ""),
    (r"pubspec\.ya?ml", "Dart", ""),
    (r"stack\.yaml|cabal\.project|[\w-]+\.cabal", "Haskell", ""),
    (r"project\.clj|deps\.edn", "Clojure", ""),
    (r"shard\.yml", "Crystal", ""),
    (r"dune-project", "OCaml", ""),
    (r"build\.zig", "Zig", ""),
    (r"CMakeLists\.txt|meson\.build|configure\.ac", "C or C++", ""),
    (
        r"environment\.ya?ml",
        "an environment of conda",
        "a requirements.txt or pyproject.toml makes it Python",
    ),
)
"""What a file at the top is called, what that says, and how to get a Dockerfile."""


def seen(texts: Texts) -> str:
    """The file at the top that says so, and what it says; empty for none."""
    for pattern, what, _ in _KNOWN:
        path = next((each for each in texts if re.fullmatch(pattern, each)), "")
        if path:
            return f"{path}: {what}"
    return ""


def told(texts: Texts) -> str:
    """A sentence with what to do; empty where no such language is seen."""
    said = seen(texts)
    if not said:
        return ""
    way = next(way for pattern, _, way in _KNOWN if re.fullmatch(pattern, said.partition(":")[0]))
    more = f" ({way})" if way else ""
    return (
        f"{said}, of which no image is built here; a Dockerfile in the repository is taken in as it is{more}"
    )
