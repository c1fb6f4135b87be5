"""The floor of B8, as a program: render with bare Jinja and write plainly what a fleet's generation writes.

Called with a pickle of `(folder, [(path, template, inputs)], {path: bytes})` for each application.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import jinja2

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.render import escape


def main(given: str, out: str) -> None:
    """Write everything below `out`."""
    texts = templates()
    jinja = jinja2.Environment(
        loader=jinja2.DictLoader(texts),
        autoescape=False,  # noqa: S701 - not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        cache_size=-1,
    )
    jinja.filters.update(escape.FILTERS)
    for folder, plans, others in pickle.loads(Path(given).read_bytes()):  # noqa: S301 - the benchmark's own
        root = Path(out, folder)
        for path, template, inputs in plans:
            text = (
                jinja.get_template(template).render(inputs) if template.endswith(".j2") else texts[template]
            )
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        for path, data in others.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
