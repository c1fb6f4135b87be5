"""What a build may know: the application's build secrets, and the logins of the package proxies."""

from __future__ import annotations

from pipelinekit import names
from pipelinekit.errors import refused
from pipelinekit.model.platform.packages import MIRROR, secret_of
from pipelinekit.model.release import ReleasePlan, Secret
from pipelinekit.plan.logins import login_file
from pipelinekit.ports import Say, Secrets
from pipelinekit.reading.docker import dockerfile


def secrets_of(plan: ReleasePlan, text: str, given: Secrets, say: Say) -> tuple[Secret, ...]:
    """The secrets of a build of the Dockerfile `text`: a proxy's login where it mounts one.

    Raises `Refused` for one that nobody gave. In a pipeline's build of a pull request, or of another branch
    than main, nobody does: then it is said, and the build goes on without.
    """
    found: list[Secret] = []
    lacking: list[str] = []
    for each in plan.app.build.secrets:
        value = given.text(each)
        if value:
            found.append(Secret(each, value))
        else:
            lacking.append(names.secret_variable(each))
    mounted = dockerfile.secrets(text)
    for ecosystem, proxy in plan.platform.packages.items():
        identifier = secret_of(ecosystem)
        if not proxy.credentials or identifier not in mounted:
            continue
        login = given.login(ecosystem)
        if login:
            found.append(Secret(identifier, login_file(ecosystem, proxy.url, login)))
        else:
            lacking += names.login_variables(ecosystem)
    if lacking and not withheld(plan, given):
        raise refused(
            "secret-missing",
            f"the build wants secrets that are not there: {', '.join(lacking)}",
            hint="bind the credential to that variable in Jenkins, or export it in the terminal",
        )
    if lacking:
        main = plan.revision.main_branch
        say(f"only builds of {main} get secrets, this one goes on without: {', '.join(lacking)}")
    return tuple(found)


def lacks_mirror(plan: ReleasePlan, given: Secrets) -> bool:
    """Whether this build is one that gets no login for the mirror of base images."""
    return given.login(MIRROR) is None and withheld(plan, given)


def withheld(plan: ReleasePlan, given: Secrets) -> bool:
    """Whether a pipeline builds something else than main, and so binds no secrets."""
    revision = plan.revision
    return given.in_pipeline() and (bool(revision.pull_request) or revision.branch != revision.main_branch)
