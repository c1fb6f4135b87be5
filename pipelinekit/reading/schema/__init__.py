"""The one source of all documents' shape: JSON Schema, draft 2020-12."""

from __future__ import annotations

from pipelinekit.reading.schema.app import APP
from pipelinekit.reading.schema.component import COMPONENT
from pipelinekit.reading.schema.platform import PLATFORM
from pipelinekit.reading.schema.releaseset import RELEASESET
from pipelinekit.reading.schema.words import Schema

__all__ = ["APP", "COMPONENT", "PLATFORM", "RELEASESET", "SCHEMAS", "Schema"]

SCHEMAS = {"Application": APP, "Platform": PLATFORM, "Component": COMPONENT, "ReleaseSet": RELEASESET}
"""By the document's `kind`."""
