"""What is looked for in every file of a repository, without trying a pattern on each."""

from __future__ import annotations

import re
from collections.abc import Iterator


class Sought:
    """Alternatives of one pattern, each with a word that is in whatever it matches.

    A pattern that may begin anywhere is tried at every character; whether a word is in a text takes a
    hundredth of that, and most files have none. Where `ignorecase`, words are in small letters.
    """

    __slots__ = ("_patterns", "_words", "alternatives", "ignorecase")

    def __init__(self, *alternatives: tuple[str, str], ignorecase: bool = False) -> None:
        self.alternatives = alternatives
        self.ignorecase = ignorecase
        # By the alternatives that are in it: of many a text has one or two.
        self._patterns: dict[str, re.Pattern[str]] = {}
        every = dict.fromkeys(word for word, _ in alternatives)
        # A word that has another in it says nothing more.
        self._words = tuple(each for each in every if not any(word in each for word in every if word != each))

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth while to look closer: False only where nothing matches."""
        said = self._said(text)
        for word in self._words:  # noqa: SIM110 - a generator takes as long as the words
            if word in said:
                return True
        return False

    def is_in(self, text: str) -> bool:
        """Whether anything matches: only the alternatives are tried whose words are there."""
        said, flags = self._said(text), re.IGNORECASE if self.ignorecase else 0
        return any(word in said and re.search(pattern, text, flags) for word, pattern in self.alternatives)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Each match, in the order of the text."""
        pattern = self._tried(text)
        return pattern.finditer(text) if pattern else iter(())

    def search(self, text: str) -> re.Match[str] | None:
        """The first match."""
        pattern = self._tried(text)
        return pattern.search(text) if pattern else None

    def _tried(self, text: str) -> re.Pattern[str] | None:
        """The alternatives whose words are in a text, as one pattern."""
        if not self.may_be_in(text):
            return None
        said = self._said(text)
        tried = "|".join([pattern for word, pattern in self.alternatives if word in said])
        if tried not in self._patterns:
            self._patterns[tried] = re.compile(tried, re.IGNORECASE if self.ignorecase else 0)
        return self._patterns[tried]

    def _said(self, text: str) -> str:
        return text.casefold() if self.ignorecase else text
