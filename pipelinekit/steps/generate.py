"""Generate: from an application to files on disk that keep the user's edits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from pipelinekit.counts import counted
from pipelinekit.errors import usage
from pipelinekit.generators import plan_files
from pipelinekit.merge import UNSETTLED, Change, Decisions, Outcome, is_yours, next_base, three_way
from pipelinekit.model.app import App
from pipelinekit.model.lock import Lock
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import Tree
from pipelinekit.names import nearest
from pipelinekit.plan.migrations import MIGRATIONS, TEMPLATES, Migration, due
from pipelinekit.ports import TextMerge, Workspace
from pipelinekit.reading.lock import read_lock
from pipelinekit.records import dataclass
from pipelinekit.render import Templates, render
from pipelinekit.render.lock import lock_text
from pipelinekit.steps.migrate import migrate, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a folder remembers of the last generation, and what is wrong with that memory."""

    lock: Lock | None
    base: Tree
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What a generation will do; nothing is written yet."""

    changes: tuple[Change, ...]
    lock: Lock
    base: Tree
    notices: tuple[str, ...]
    memory: Memory
    moves: Mapping[str, str]
    """Old path to new path of the files that move first."""

    @property
    def unsettled(self) -> tuple[Change, ...]:
        """The files that wait for the user's decision."""
        return tuple(each for each in self.changes if each.outcome in UNSETTLED)

    @property
    def writes(self) -> tuple[Change, ...]:
        """The changes that touch a file."""
        return tuple(each for each in self.changes if each.touches)

    @property
    def current(self) -> bool:
        """Whether there is nothing to write, the lock included."""
        quiet = not self.writes and not self.moves and not self.memory.notices
        known = self.memory.lock
        # A comment in app.yaml makes other inputs and the same files.
        return quiet and known is not None and replace(known, inputs=self.lock.inputs) == self.lock


def remember(workspace: Workspace) -> Memory:
    """What the folder knows of the last generation.

    Of a damaged or missing base only the sound entries count: a file without one is treated as one
    that we did not write.
    """
    text = workspace.read_lock()
    lock = read_lock(text, "lock.yaml") if text is not None else None
    if text is not None and lock is None:
        return Memory(
            lock=None,
            base={},
            notices=("the lock is damaged: every file counts as yours until it is the same",),
        )
    if lock is None:
        return Memory(lock=None, base={}, notices=())
    stored = workspace.read_base()
    base = {
        path: file
        for path, file in (stored or {}).items()
        if file.digest in (lock.files.get(path), lock.was.get(path))
    }
    missing = sorted(set(lock.files) - set(base))
    notices = (
        (f"base.tar.gz is missing or damaged for {counted(len(missing), 'file')}: they count as yours",)
        if missing
        else ()
    )
    return Memory(lock=lock, base=base, notices=notices)


def plan_generation(
    app: App,
    site: Site,
    tool: str,
    templates: Templates,
    workspace: Workspace,
    memory: Memory,
    decisions: Decisions,
    merge: TextMerge,
    migrations: tuple[Migration, ...] = MIGRATIONS,
    *,
    inputs: str = "",
    whole: bool = True,
) -> Generation:
    """What generating would do to the folder.

    `inputs` is `inputs_digest` of what it is made from. Without `whole`, files whose generated text is what
    it was are passed over: nothing of theirs is read, and their edits are not reported. Raises `UsageError`
    for a decision about a file that is not generated.
    """
    again = _is_known(memory, decisions, inputs)
    new = memory.base if again else render(plan_files(app, site), templates)
    yours = frozenset(memory.lock.yours if memory.lock else ()) | decisions.yours
    yours -= decisions.take_new
    version = max((each.to for each in migrations), default=TEMPLATES)
    steps = due(memory.lock.templates if memory.lock else version, migrations)
    paths = sorted(memory.base.keys() | new.keys())
    _check_paths(paths, decisions, memory.lock.yours if memory.lock else ())
    decisions = replace(decisions, yours=yours)
    passed = frozenset() if whole or steps else _unchanged(memory, new)
    base, considered = _without(memory.base, passed), _without(new, passed)
    paths = sorted(base.keys() | considered.keys())
    # What is yours may be anything, a folder or a picture: it is not read.
    disk = workspace.read_texts(
        path for path in paths if path in decisions.take_new or not is_yours(path, yours)
    )
    migrated = migrate(base, disk, steps, app.name)
    changes = three_way(migrated.base, migrated.theirs, considered, decisions, merge)
    base = {**{path: new[path] for path in passed}, **next_base(changes, migrated.base, considered)}
    changes = settle(changes, migrated)
    unsettled = any(each.outcome in UNSETTLED for each in changes)
    lock = Lock(
        tool=tool,
        templates=version,
        site=site,
        inputs="" if unsettled else inputs,
        files={path: file.digest for path, file in base.items()},
        yours=tuple(sorted(yours)),
    )
    return Generation(
        changes=changes,
        lock=lock,
        base=base,
        notices=memory.notices,
        memory=memory,
        moves={old: new for new, old in migrated.moved.items()},
    )


def _check_paths(paths: Sequence[str], said: Decisions, kept: Sequence[str]) -> None:
    """Raise `UsageError` for a word about a file that is not generated; what was kept before may be again."""
    for path in sorted((said.take_new | said.take_theirs | said.restore | said.yours).difference(paths)):
        folder = path in said.yours and any(is_yours(each, frozenset((path,))) for each in paths)
        if not folder and path not in kept:
            # Whoever writes a folder means one.
            folders = {f"{above}/" for each in paths for above in PurePosixPath(each).parents if above.name}
            what, known = ("file", paths) if not path.endswith("/") else ("folder", sorted(folders))
            raise usage("path-unknown", f"no {what} {path} is generated", hint=nearest(path, known))


def inputs_digest(descriptor: bytes, title: str, site: Site, tool: str, templates: str) -> str:
    """One digest of all that generated files are made from; `templates` is theirs.

    `title` is whose they are to be, `team/name`: a checkout of another application's is of other inputs.
    """
    return inputs_with(descriptor, title, shared_inputs(site, tool, templates))


def shared_inputs(site: Site, tool: str, templates: str) -> bytes:
    """What `inputs_with` takes beside a descriptor: the same for all applications of one site."""
    return b"\0".join(hashlib.sha256(each.encode()).digest() for each in (repr(site), tool, templates))


def inputs_with(descriptor: bytes, title: str, shared: bytes) -> str:
    """`inputs_digest`, of what applications share, and what is one's own."""
    own = hashlib.sha256(descriptor).digest() + b"\0" + title.encode()
    return "sha256:" + hashlib.sha256(own + b"\0" + shared).hexdigest()


def is_current(lock: str, inputs: str) -> bool:
    """Whether a lock's text says that its files were made from just this, and that nothing waits.

    Edits and deletions since then change nothing about what would be generated. The text is searched, not
    parsed: a fleet asks this for every application. Where git has merged two generations, both are in it.
    """
    said = bool(inputs) and f'\ninputs: "{inputs}"\n' in lock and lock.count("\ninputs:") == 1
    return said and "\nwas:" not in lock and "\n>>>>>>>" not in lock


def _is_known(memory: Memory, decisions: Decisions, inputs: str) -> bool:
    """Whether what would be generated is, all of it, what is remembered: made from the same, and sound."""
    lock = memory.lock
    if lock is None or not inputs or lock.inputs != inputs or lock.was or lock.yours:
        return False
    return decisions == Decisions() and lock.files.keys() == memory.base.keys()


def _unchanged(memory: Memory, new: Tree) -> frozenset[str]:
    """The paths whose generated text is what it was last time."""
    if memory.lock is None or memory.lock.inputs == "":
        return frozenset()
    known, base = memory.lock.files, memory.base
    return frozenset(path for path, file in new.items() if path in base and known.get(path) == file.digest)


def _without(tree: Tree, passed: frozenset[str]) -> Tree:
    return {path: file for path, file in tree.items() if path not in passed} if passed else tree


def apply_generation(generation: Generation, workspace: Workspace) -> None:
    """Write what was planned; killed in the middle, the next generation ends in the same state."""
    write = {each.path: each.after for each in generation.writes if each.after is not None}
    remove = [each.path for each in generation.writes if each.outcome is Outcome.REMOVE]
    if generation.current:
        if generation.lock != generation.memory.lock:
            workspace.write_lock(lock_text(generation.lock))
        return
    # First the moves, each in one step: killed after one, the next generation finds the edit there.
    for old, new in generation.moves.items():
        workspace.move(old, new)
    workspace.write(write, remove)
    memory = generation.memory
    if generation.base == memory.base and memory.lock and not memory.notices:
        workspace.write_lock(lock_text(generation.lock))
        return
    if memory.lock:
        # The base and the lock are two files: between their writes, entries of either generation are sound.
        known = memory.lock
        between = replace(generation.lock, was=known.files, templates=known.templates, inputs="")
        workspace.write_lock(lock_text(between))
    workspace.write_base(generation.base)
    workspace.write_lock(lock_text(generation.lock))
