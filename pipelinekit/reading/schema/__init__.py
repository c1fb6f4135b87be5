"""The one source of both documents' shape: JSON Schema, draft 2020-12."""

from __future__ import annotations

from pipelinekit.reading.schema.app import APP
from pipelinekit.reading.schema.platform import PLATFORM
from pipelinekit.reading.schema.words import Schema

__all__ = ["APP", "PLATFORM", "SCHEMAS", "Schema"]

SCHEMAS = {"Application": APP, "Platform": PLATFORM}
"""By the document's `kind`."""
