"""Receipts on disk, under `.pipelinekit/receipts/`, each written in one step and to stay."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.adapters.disk import files, links, regular
from pipelinekit.model import receipts
from pipelinekit.model.receipts import R, Receipt

FOLDER = "receipts"


class ReceiptFolder:
    """The receipts of the application in `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def load(self, kind: type[R], name: str = "") -> R | None:
        """The receipt of that kind (and name, where there are several), whatever its key, or None."""
        path = links.require_unlinked(self.root, f".pipelinekit/{FOLDER}/{_file(kind.verb, name)}")
        if not path.exists():
            return None
        return receipts.from_json(
            files.read_bytes(path, regular.DOCUMENT).decode(errors="replace"), kind, str(path)
        )

    def save(self, receipt: Receipt, name: str = "") -> None:
        """Keep a receipt, in the place of the one before."""
        folder = files.working_folder(self.root, FOLDER)
        files.write_atomic(folder / _file(receipt.verb, name), receipts.to_json(receipt), durable=True)


def _file(verb: str, name: str) -> str:
    return f"{verb}-{name}.json" if name else f"{verb}.json"
