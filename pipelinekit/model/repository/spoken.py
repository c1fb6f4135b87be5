"""What people call the languages that we know by other names."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.model.app import Language

_MEANT: Mapping[Language, str] = {
    "python": "py python3 python2 flask django fastapi",
    "node": "nodejs node.js js javascript ts typescript npm yarn react vue next nextjs express deno bun",
    "go": "golang",
    "java-maven": "java mvn maven jvm spring spring-boot springboot kotlin",
    "java-gradle": "java gradle jvm spring spring-boot springboot kotlin",
    "rust": "rs cargo",
    "dotnet": "c# csharp .net net dotnet-core dotnetcore asp.net f# fsharp",
    "ruby": "rb rails",
    "php": "laravel symfony",
    "static": "html site nginx web",
    "dockerfile": "docker c c++ cpp elixir erlang haskell perl scala swift r other",
}


def meant(word: str) -> tuple[Language, ...]:
    """The languages that somebody may mean who writes `word`; none for a word that nobody uses."""
    lowered = word.strip().lower()
    return tuple(
        language for language, words in _MEANT.items() if lowered == language or lowered in words.split()
    )


def suggestion(word: str) -> str:
    """`did you mean 'java-maven' or 'java-gradle'?`, also for what was typed wrong, or nothing."""
    found = " or ".join(f"'{each}'" for each in meant(word) or meant(_nearest(word)))
    return f"did you mean {found}?" if found else ""


def _nearest(word: str) -> str:
    """The name or by-name that `word` was to be, or nothing; short ones are near to anything."""
    import difflib

    called = {each for words in _MEANT.values() for each in words.split() if len(each) > 3}
    close = difflib.get_close_matches(word.strip().lower(), sorted(called | set(_MEANT)), n=1, cutoff=0.7)
    return close[0] if close else ""
