"""L2: file plans and templates to a `Tree`. The only place that knows Jinja."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from pipelinekit.model.tree import File, FilePlan, Tree
from pipelinekit.render import escape

if TYPE_CHECKING:
    import jinja2

Templates = Mapping[str, str]
"""A template's path below `templates/`, to its text."""

SUFFIX = ".j2"


class Code(Protocol):
    """Compiled templates, kept from one run to the next."""

    def load(self, name: str) -> bytes | None:
        """What was kept under that name."""

    def keep(self, name: str, code: bytes) -> None:
        """Keep it, where that is possible."""


class CompiledTemplates(dict[str, str]):
    """Templates that need not be compiled again in each process: that takes longer than rendering them."""

    def __init__(self, texts: Mapping[str, str], code: Code) -> None:
        super().__init__(texts)
        self.code = code


def render(plans: Iterable[FilePlan], templates: Templates) -> Tree:
    """Every planned file's text.

    A template prints only what an escape filter has passed; a bare value is an error of ours, and so
    is an input that the template uses and the plan does not give.
    """
    jinja = environment(_Frozen(templates))
    tree: dict[str, File] = {}
    for plan in plans:
        if plan.template.endswith(SUFFIX):
            text = jinja.get_template(plan.template).render(plan.inputs)
        else:
            text = templates[plan.template]
        tree[plan.path] = File(text, plan.executable)
    return tree


class _Frozen:
    """Templates as a cache key, by identity: parsing them again costs more than rendering them."""

    def __init__(self, templates: Templates) -> None:
        self.templates = templates

    def __hash__(self) -> int:
        return id(self.templates)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and self.templates is other.templates


@lru_cache(maxsize=4)
def environment(frozen: _Frozen) -> jinja2.Environment:
    """The Jinja environment over a set of templates."""
    # Where nothing is rendered, nothing of Jinja is loaded.
    import jinja2

    jinja = jinja2.Environment(
        loader=jinja2.DictLoader(frozen.templates),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - not HTML; `finalize` lets nothing through that no filter escaped
        finalize=_only_escaped,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        bytecode_cache=_bytecode(frozen.templates),
    )
    # Jinja has a global named `namespace`: it would stand in for an input that was not given.
    jinja.globals.clear()
    jinja.filters.update(escape.FILTERS)
    return jinja


def _bytecode(templates: Templates) -> jinja2.BytecodeCache | None:
    if not isinstance(templates, CompiledTemplates):
        return None
    from jinja2.bccache import Bucket, BytecodeCache

    code = templates.code

    class Kept(BytecodeCache):
        # A bucket checks by itself that the code is of this source, this Jinja and this Python.
        def load_bytecode(self, bucket: Bucket) -> None:
            known = code.load(bucket.key)
            if known:
                bucket.bytecode_from_string(known)

        def dump_bytecode(self, bucket: Bucket) -> None:
            code.keep(bucket.key, bucket.bytecode_to_string())

    return Kept()


def _only_escaped(value: Any) -> Any:
    if isinstance(value, escape.Escaped) or type(value) is int:
        return value
    raise TypeError(f"a template prints a value that no filter has escaped: {value!r}")
