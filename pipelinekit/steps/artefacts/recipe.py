"""What an image is made of: the Dockerfile's stages, its bases by digest, its arguments."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.errors import DocumentInvalid, Fault, Place, ToolFailed, refused
from pipelinekit.model.release import BuildPlan, ImageRef, ReleasePlan, Secret
from pipelinekit.names import nearest
from pipelinekit.plan.inputs import Inputs, image_reference, pinned, where_it_answers
from pipelinekit.plan.release import build_arguments, image_labels
from pipelinekit.ports import DENIED, Engine, Registry, Say, Secrets, Sources
from pipelinekit.reading.app import FILE
from pipelinekit.reading.docker.dockerfile import arguments, base, bases, stages
from pipelinekit.records import dataclass
from pipelinekit.steps.artefacts.secrets import lacks_mirror

TEST_STAGE = "test"
_WHERE = (
    "images.mirror in platform.yaml says where base images come from, build.version in app.yaml (FROM in a "
    "Dockerfile of your own) which one"
)
_AGAIN = "the next one is built again, even where nothing has changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What an image is made of, and how its bases are written so that it is made of exactly that."""

    inputs: Inputs
    pinned: Mapping[str, str]
    base: str


def resolve(
    plan: ReleasePlan,
    target: str,
    sources: Sources,
    engine: Engine,
    registry: Registry,
    secrets: Secrets,
    say: Say,
) -> Recipe:
    """What the image will be made of, with each base image's digest as its registry has it now.

    A base that only the engine has counts by its id there; one that nobody can resolve makes the inputs
    those of this revision alone. Raises `Refused` where a mirror asks for a login that this build does not
    get.
    """
    text = sources.dockerfile()
    args = _args(plan, text)
    stage = target or plan.app.build.target
    _require_stage(plan, stage, text, args)
    resolved: dict[str, str] = {}
    pins: dict[str, str] = {}
    salt = ""
    for each in bases(text, args):
        ref = image_reference(each)
        missing = f"{each}: {ref.registry} has no such image, nor has the engine. {_WHERE}"
        try:
            digest = _digest(plan, ref, registry, secrets)
        except ToolFailed as error:
            missing, digest = f"{each}: {error}", None
        if digest:
            resolved[each], pins[each] = digest, pinned(ref, digest)
        elif local := engine.image_id(each):
            resolved[each] = f"local:{local}"
        else:
            salt = plan.key.commit
            say(missing)
            say(f"{each} has no digest to tell it by, so this image counts for this commit alone: {_AGAIN}")
    if left := sources.left_out():
        shown = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        say(f"{shown}: never in an image unless committed, and .dockerignore does not name it: left out")
    inputs = Inputs(
        context=sources.digest(say),
        bases=resolved,
        args=args,
        platforms=plan.app.build.platforms,
        target=stage,
        dockerfile=plan.app.build.dockerfile if plan.app.build.folder else "",
        salt=salt,
    )
    return Recipe(inputs=inputs, pinned=pins, base=base(text, args, stage))


def _digest(plan: ReleasePlan, ref: ImageRef, registry: Registry, secrets: Secrets) -> str | None:
    """The digest of a base; the mirror is asked even for one that is given, where it may not let us in."""
    unknown = ref.registry == plan.platform.images.mirror.partition("/")[0] and lacks_mirror(plan, secrets)
    if ref.digest and not unknown:
        return ref.digest
    try:
        return registry.digest_of(where_it_answers(ref)) or ref.digest or None
    except ToolFailed as error:
        if unknown and error.faults[0].code == DENIED:
            raise refused(
                "mirror-login",
                f"the mirror {ref.registry} asks for a login, which only builds of "
                f"{plan.revision.main_branch} get: {ref} is not pulled",
                hint="images.mirrorCredentials: {id: …, pullRequests: true} in platform.yaml "
                "gives all builds one that may only read",
            ) from error
        if ref.digest:
            return ref.digest
        raise


def _require_stage(plan: ReleasePlan, stage: str, text: str, args: Mapping[str, str]) -> None:
    """Raise `DocumentInvalid` where the Dockerfile has no such stage."""
    known = [each.name for each in stages(text, args) if each.name]
    if stage and stage.lower() not in {each.lower() for each in known}:
        problem = f"{plan.app.build.dockerfile} has no stage named {stage}"
        hint = nearest(stage, known) if known else "AS behind a FROM gives a stage its name"
        raise DocumentInvalid(Fault("target-missing", problem, Place(FILE), "build.target", hint))


def has_stage(plan: ReleasePlan, sources: Sources, stage: str) -> bool:
    """Whether the Dockerfile has a stage of this name."""
    text = sources.dockerfile()
    return any(each.name.lower() == stage for each in stages(text, _args(plan, text)))


def build_plan(plan: ReleasePlan, recipe: Recipe, target: str, secrets: tuple[Secret, ...] = ()) -> BuildPlan:
    """What the engine is asked for: the image, or a stage of it for its tests."""
    local = ImageRef("localhost", f"pipelinekit/{plan.app.team}/{plan.app.name}", TEST_STAGE)
    platforms = plan.app.build.platforms
    return BuildPlan(
        ref=local if target else plan.image,
        target=target or plan.app.build.target,
        dockerfile=plan.app.build.dockerfile,
        args=recipe.inputs.args,
        labels={} if target else image_labels(plan, recipe.inputs, recipe.base),
        # Tests run here: on this machine's own platform.
        platforms=() if target else platforms,
        pinned=recipe.pinned,
        secrets=secrets,
        cache=plan.platform.images.cache_of(plan.app.team, plan.app.name),
        keeps=not plan.revision.pull_request,
    )


def _args(plan: ReleasePlan, text: str) -> dict[str, str]:
    return build_arguments(plan.app, plan.platform, arguments(text))
