"""The platform's jobs: which there should be, and what there is to know about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipelinekit import names
from pipelinekit.counts import counted
from pipelinekit.model.jenkins.jobs import SEED, Folder, Git, GitHub, Job, Multibranch, Pipeline
from pipelinekit.model.platform.document import DAY, PER_TEAM, Jenkins, Platform, Registration, id_of
from pipelinekit.model.platform.rooms import certificates as certificate_room
from pipelinekit.model.platform.rooms import components as component_room
from pipelinekit.model.platform.rooms import drafts as draft_room
from pipelinekit.model.platform.rooms.releases import credentials as of_releases
from pipelinekit.model.platform.rooms.releases import why_none
from pipelinekit.plan.jenkins import certificates, components, drafts, releases

GITHUB_REQUESTS_AN_HOUR = 5000
"""What GitHub grants one installation of an App, or one user."""

REQUESTS_A_SCAN = 40
"""What a scan costs with a dozen branches and pull requests: an estimate, on the high side."""

_HOUR = 3600


def wanted_jobs(
    platform: Platform, seed_script: str, scripts: Mapping[str, str] | None = None
) -> tuple[Job, ...]:
    """Every job of the platform, folders before what is in them. Without a `source` there is no seed.

    `services` is a room whose jobs come from the platform's own repository.
    `scripts` are those of the jobs in `release`, `platform` and `draft`, by path.
    """
    jenkins = platform.jenkins
    jobs: list[Job] = list(_rooms(platform, jenkins))
    if jenkins and jenkins.source:
        credentials = tuple(each for each in (jenkins.source.credentials, jenkins.credentials) if each)
        jobs.append(
            Pipeline(
                path=SEED,
                title="Seed",
                text=f"Keeps every job of platform {platform.name} as its repository says.",
                script=seed_script,
                credentials=credentials,
            )
        )
    jobs += releases.jobs(platform, scripts or {})
    jobs += components.jobs(platform, scripts or {})
    jobs += certificates.jobs(platform, scripts or {})
    jobs += drafts.jobs(platform, scripts or {})
    jobs += _applications(platform, jenkins.scan if jenkins else DAY)
    return tuple(jobs)


def _rooms(platform: Platform, jenkins: Jenkins | None) -> Iterator[Folder]:
    source = jenkins.source.credentials if jenkins and jenkins.source else ""
    yield Folder(
        path="pipelinekit",
        title="pipelinekit",
        text="What keeps the jobs themselves. Administrators alone may change anything here.",
        credentials=_ids(source, jenkins.credentials if jenkins else ""),
    )
    yield Folder(
        path="apps",
        title="Applications",
        text="One folder a team, one project an application. Whoever may push to an application's"
        " repository reaches the credentials in here, and those reach no environment with a gate.",
    )
    yield Folder(
        path="release",
        title="Releases",
        text="What moves releases past a gate. Its jobs are pipelinekit's own, and load no library.",
        credentials=of_releases(platform),
    )
    yield Folder(
        path="platform",
        title="Platform",
        text="The platform's own components. Its jobs are pipelinekit's own, and load no library.",
        credentials=_ids(*component_room.credentials(platform), *certificate_room.credentials(platform)),
    )
    yield Folder(
        path="services",
        title="Services",
        text="Backing services. Its jobs come from the platform's repository.",
    )


def _applications(platform: Platform, scan: int) -> Iterator[Job]:
    automatic = {platform.cluster_of(each).credentials for each in platform.environments if each.automatic}
    packages = sorted({each.credentials for each in platform.packages.values()})
    packages += [platform.images.mirror_login.credentials] if platform.images.mirror_login else []
    ledger = platform.ledger_keys.credentials
    shared = (platform.images.credentials, platform.charts.credentials, *sorted(automatic), *packages, ledger)
    for team in platform.teams:
        yield Folder(
            path=f"apps/{team}",
            title=team,
            text=f"The applications of team {team}.",
            credentials=_ids(*(id_of(each, team) for each in shared)),
        )
    for each in sorted(platform.applications, key=lambda of: (of.team, of.name)):
        yield _application(each, scan, platform.name)


def _application(registration: Registration, scan: int, platform: str) -> Multibranch:
    folder = "" if registration.path == "." else registration.path.strip("/") + "/"
    return Multibranch(
        path=registration.job,
        title=registration.name,
        text=f"Application {registration.name} of team {registration.team}, from {registration.repository}"
        f" (branch {registration.branch}).",
        source=source_of(registration),
        script=f"{folder}Jenkinsfile",
        scan=scan,
        platform=platform,
    )


def path_of(team: str, name: str) -> str:
    """Where an application's project is."""
    return f"apps/{team}/{name}"


def source_of(registration: Registration) -> GitHub | Git:
    """Where an application's branches come from."""
    github = names.github_repository(registration.repository)
    if github:
        return GitHub(owner=github[0], repository=github[1], credentials=registration.credentials)
    return Git(address=registration.repository, credentials=registration.credentials)


def _of_teams(platform: Platform, credentials: Iterable[str]) -> Iterator[str]:
    """The ids, each once for every team where it has a team's name in it."""
    for each in credentials:
        yield from (id_of(each, team) for team in platform.teams) if PER_TEAM in each else (each,)


def _ids(*credentials: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in credentials if each))


def provenance(platform: str) -> str:
    """The sentence of every description that says where the job comes from."""
    return f"Made by pipelinekit from platform {platform}; what is changed here by hand is put back."


def notices(platform: Platform) -> tuple[str, ...]:
    """What an administrator should know about the jobs of a platform, however they are now."""
    return (
        *_scan_notices(platform),
        *_trust_notices(platform),
        *_release_notices(platform),
        *components.notices(platform),
        *certificates.notices(platform),
        *drafts.notices(platform),
    )


def _release_notices(platform: Platform) -> Iterator[str]:
    gated = [each.name for each in platform.environments if each.gated]
    lacks = why_none(platform)
    if gated and platform.ledger and lacks:
        yield f"Jenkins has no jobs that promote to {', '.join(gated)}: {lacks}"


def _scan_notices(platform: Platform) -> Iterator[str]:
    scan = platform.jenkins.scan if platform.jenkins else DAY
    of: dict[str, int] = {}
    for each in platform.applications:
        if isinstance(source_of(each), GitHub):
            of[each.credentials] = of.get(each.credentials, 0) + 1
    for credentials, count in sorted(of.items()):
        an_hour = count * REQUESTS_A_SCAN * _HOUR // scan
        if an_hour > GITHUB_REQUESTS_AN_HOUR:
            yield (
                f"scanning {counted(count, 'repository')} with {credentials or 'no credential'} takes about"
                f" {an_hour} requests an hour, GitHub grants {GITHUB_REQUESTS_AN_HOUR}: webhooks do the work,"
                " so scan less often (jenkins.scan) or spread them over several GitHub Apps"
            )
        if not credentials:
            here = counted(count, "repository on github.com has", "repositories on github.com have")
            yield f"{here} no credential: GitHub grants 60 requests an hour"


def _trust_notices(platform: Platform) -> Iterator[str]:
    gated = {platform.cluster_of(each).credentials for each in platform.environments if each.gated}
    automatic = {platform.cluster_of(each).credentials for each in platform.environments if each.automatic}
    for each in sorted((gated & automatic) - {""}):
        yield (
            f"credential {each} reaches an automatic and a gated environment: every application's pipeline"
            " can deploy past the gate; give the gated environment's cluster a credential of its own"
        )


def guarded_credentials(platform: Platform) -> frozenset[str]:
    """The ids that must not be found where applications' pipelines can bind them."""
    gated = {platform.cluster_of(each).credentials for each in platform.environments if each.gated}
    open_to_all = {platform.cluster_of(each).credentials for each in platform.environments if each.automatic}
    own = {platform.jenkins.credentials} if platform.jenkins else set()
    own |= {platform.ledger_keys.release_credentials}
    guarded = _of_teams(platform, (gated | own) - open_to_all - {""})
    rooms = (component_room, certificate_room, draft_room)
    return frozenset(guarded).union(*(each.own(platform) for each in rooms))


def shared_credentials(platform: Platform) -> Iterator[str]:
    """Where one password reaches several teams, a sentence a credential."""
    teams = platform.teams
    if len(teams) < 2:
        return
    automatic = {platform.cluster_of(each).credentials for each in platform.environments if each.automatic}
    reach = {platform.images.credentials: "push images", platform.charts.credentials: "publish charts"}
    reach |= dict.fromkeys(sorted(automatic), "deploy")
    reach |= {platform.ledger_keys.credentials: "write the ledger"}
    for id_, what in reach.items():
        if id_ and PER_TEAM not in id_:
            yield (
                f"credential {id_} is the same for {counted(len(teams), 'team')}: whoever may push to one"
                f" team's repositories can {what} as every other; name it {id_}-{PER_TEAM}, one in each"
                " team's folder"
            )
