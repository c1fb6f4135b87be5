"""How much memory a program needs to start: a guess by its runtime, for somebody to measure."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.signs import Detected, Texts

_NAMED: tuple[tuple[str, str, str], ...] = (
    (r"java-", r"spring-boot|org\.springframework\.boot", "768Mi"),
    (r"java-", r"quarkus|io\.micronaut|ktor", "384Mi"),
    (r"java-", r"", "256Mi"),
    (r"dotnet", r"", "256Mi"),
    (r"python", r"\b(?:torch|tensorflow|transformers)\b", "2Gi"),
    (r"python", r"\b(?:pandas|scipy|scikit-learn|streamlit)\b", "512Mi"),
    (r"python", r"\b[Dd]jango\b", "256Mi"),
    (r"python", r"", "128Mi"),
    (r"node", r"\"(?:next|nuxt|@sveltejs/kit|@remix-run/[\w-]+|@nestjs/core)\"", "512Mi"),
    (r"node", r"", "192Mi"),
    (r"ruby", r"\brails\b", "512Mi"),
    (r"ruby", r"", "192Mi"),
    (r"php", r"", "256Mi"),
    (r"dockerfile", r"", "256Mi"),
)
_FILES = re.compile(
    r"(^|/)(pom\.xml|[^/]+\.gradle(\.kts)?|libs\.versions\.toml|requirements[^/]*\.(txt|in)|pyproject\.toml|Pipfile"
    r"|setup\.(cfg|py)|package\.json|Gemfile)$"
)


def guess(found: Detected, texts: Texts) -> str:
    """As Kubernetes writes it; empty where the language's own default is enough to start with."""
    if found.language == "node" and found.package and not re.search(r"\.[cm]?[jt]s$", found.package):
        # A site: a web server has the pages.
        return ""
    said = "\n".join(text for path, text in texts.items() if _FILES.search(path))
    return next(
        (
            memory
            for language, word, memory in _NAMED
            if re.match(language, found.language) and re.search(word, said)
        ),
        "",
    )
