"""The option that says what an application is written in."""

from __future__ import annotations

import click

from pipelinekit.model.app import LANGUAGES
from pipelinekit.model.repository import spoken


class LanguageChoice(click.Choice[str]):
    """One of the languages; for what people call them otherwise, the refusal says which is meant."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The language, or a usage error."""
        suggestion = "" if value in LANGUAGES else spoken.suggestion(value)
        if suggestion:
            self.fail(f"'{value}' is not one of them; {suggestion}", param, ctx)
        return super().convert(value, param, ctx)


LANGUAGE = LanguageChoice(LANGUAGES)
