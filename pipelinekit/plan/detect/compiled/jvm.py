"""Java, by whatever builds it: which module runs, how its jar starts, on which Java."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from pipelinekit.plan.detect import choices, evidence
from pipelinekit.plan.detect.compiled import catalog, settings
from pipelinekit.plan.detect.signs import Choice, Detected, Texts, search

RELEASES = (8, 11, 17, 21, 25)
"""Of Java, those that are maintained for long and have images."""
USUAL = 17

_MAIN = re.compile(r"\bstatic\s+(?:final\s+)?void\s+main\s*\(|^[^\S\n]*void\s+main\s*\(", re.MULTILINE)
_KOTLIN_MAIN = re.compile(r"^(?:suspend\s+)?fun\s+main\s*\(", re.MULTILINE)
_PACKAGE = re.compile(r"^[^\S\n]*package\s+([\w.]+)", re.MULTILINE)
_SPRING = "@SpringBootApplication"
_ALONE = (
    "spring-boot-maven-plugin",
    "maven-shade-plugin",
    "jar-with-dependencies",
    "quarkus-maven-plugin",
    "micronaut-maven-plugin",
)
"""Plugins whose jar (or folder) runs alone."""
_CONTEXT = ("server.servlet.context-path", "server.servlet.contextPath", "spring.webflux.base-path")
_BEFORE_TWO = re.compile(
    r"spring-boot(?:-starter-parent|-dependencies)\s*</artifactId>\s*<version>\s*1\."
    r"|<spring-?boot\.version>\s*1\.|org\.springframework\.boot[\"']?\)?\s+version\s*\(?[\"']1\."
    r"|spring-boot-gradle-plugin:1\.|springBootVersion\s*=\s*[\"']1\."
)
"""Spring Boot 1, whose actuator answers beside the program's own paths."""
_DECIDING = (
    *("server.port", *_CONTEXT, "management.server.port", "management.endpoints.web.base-path"),
    *("quarkus.http.port", "quarkus.http.root-path", "micronaut.server.port"),
)
"""Settings that port and health check are taken from."""
_ASIDE = re.compile(
    r"(^|/)(src/(test|it|integrationTest|testFixtures|jmh)|examples?|samples?|benchmarks?|buildSrc)/"
)


def uncommented(text: str) -> str:
    """A project file without its comments."""
    parts = text.split("<!--")
    return parts[0] + "".join(each.partition("-->")[2] for each in parts[1:])


def versioned(found: Detected, asked: str, file: str) -> Detected:
    """The Java that is maintained and runs what is asked for."""
    said = re.match(r"v?([0-9]{1,3})(?![0-9])", asked)
    if not said:
        return found
    version = next((each for each in RELEASES if each >= int(said[1])), int(said[1]))
    why = f"{file} says Java {said[1]}"
    return replace(found, version=str(version)).because(
        why if str(version) == said[1] else f"{why}: {version} has images"
    )


def program(found: Detected, texts: Texts, modules: list[str]) -> Detected:
    """The program among the main classes of all modules, how it starts, and where it listens."""
    candidates = _mains(texts, modules)
    boot = [each for each in candidates if _boots((each.why, texts[each.why]))]
    named = [each for each in candidates if each.main in _said(texts, found, each.package)]
    # A main class that another module's own build names is a program as well.
    others = [each for each in named if each.package not in {one.package for one in boot}]
    chosen = tuple([*boot, *others] or candidates)
    # A module whose build names one main class has decided.
    if len(modules) == 1 and len(chosen) > 1:
        declared = [each for each in chosen if each.main in _said(texts, found, "")]
        chosen = tuple(declared[:1]) or chosen
    found = choices.between(found, chosen, "") if chosen else found
    if found.choices:
        return found
    return finished(texts, found)


def _mains(texts: Texts, modules: list[str]) -> list[Choice]:
    found: list[Choice] = []
    for path in sorted(texts):
        if _is_aside(path) or not path.endswith((".java", ".kt")):
            continue
        pattern = _MAIN if path.endswith(".java") else _KOTLIN_MAIN
        if not pattern.search(texts[path]):
            continue
        module = max(
            (each for each in modules if not each or path.startswith(f"{each}/")), key=len, default=""
        )
        package = _PACKAGE.search(texts[path])
        stem = posixpath.splitext(posixpath.basename(path))[0]
        name = stem if path.endswith(".java") else f"{stem[:1].upper()}{stem[1:]}Kt"
        main = f"{package[1]}.{name}" if package else name
        label = posixpath.basename(module) or stem
        found.append(Choice(name=label, package=module or ".", main=main, why=path))
    return found


def _is_aside(path: str) -> bool:
    """Whether a file is no program's; what its package is called says nothing of that: `com.example`."""
    above, main, _ = path.partition("src/main/")
    return bool(_ASIDE.search(above if main else path))


def _boots(file: tuple[str, str]) -> bool:
    return file[0].endswith((".java", ".kt")) and _SPRING in file[1]


def _said(texts: Texts, found: Detected, module: str) -> str:
    """What the build files of a module say."""
    folder = "" if module in {"", "."} else f"{module}/"
    names = ("pom.xml",) if found.language == "java-maven" else ("build.gradle", "build.gradle.kts")
    said = uncommented("\n".join(texts.get(f"{folder}{each}", "") for each in names))
    return "\n".join((said, *catalog.plugins(texts, said)))


def finished(texts: Texts, found: Detected) -> Detected:
    """The same for a program that is decided: whether its jar runs alone, its port and its health check."""
    said = _said(texts, found, found.package)
    whole = "\n".join(
        text for path, text in texts.items() if re.search(r"pom\.xml$|\.gradle(\.kts)?$|\.toml$", path)
    )
    spring = "spring-boot" in said or "org.springframework.boot" in said or "spring-boot" in whole
    own = _of(texts, found)
    found = _profiled(own, _started(found, said, whole))
    # What the whole says may be of another module.
    if spring and (any(map(_boots, own.items())) or not any(map(_boots, texts.items()))):
        return _spring(texts, found, whole)
    if "quarkus" in whole:
        found = replace(found, port=_configured(texts, found, "quarkus.http.port") or 8080, main="")
        found = found.because(f"Quarkus, on port {found.port}")
        return _quarkus_health(texts, found) if "quarkus-smallrye-health" in whole else found
    if "io.micronaut" in whole:
        port = _configured(texts, found, "micronaut.server.port")
        return replace(found, port=port or 8080).because(f"Micronaut, on port {port or 8080}")
    return _plain_port(texts, found)


def _started(found: Detected, said: str, whole: str) -> Detected:
    """Whether the jar runs alone: then its main class is its own business."""
    war = re.search(r"<packaging>\s*war\s*<", said)
    if war and "spring-boot-maven-plugin" not in said:
        return replace(found, main="").doubting(
            "it is packed as a war, which wants a servlet container: build.runtime"
        )
    if found.language == "java-maven":
        alone = any(each in said for each in _ALONE) or (
            "spring-boot-starter-parent" in whole and "spring-boot" in said
        )
    else:
        alone = bool(re.search(r"org\.springframework\.boot|shadow|io\.quarkus", said))
    if alone:
        return replace(found, main="").because("its jar runs alone")
    if found.language == "java-gradle" and not re.search(r"\bapplication\b", said):
        return replace(found, main="").doubting(
            "its jar has no dependencies in it: the plugin application is missing"
        )
    if found.main:
        return found.because(f"{found.main} starts it, with its dependencies beside it")
    return found.doubting("no main class was seen: build.package and build.main name the program")


def _configured(texts: Texts, found: Detected, key: str) -> int | None:
    number = settings.said(_of(texts, found), key)
    return int(number) if re.fullmatch(r"[0-9]{1,5}", number) and 0 < int(number) < 65536 else None


def _of(texts: Texts, found: Detected) -> Texts:
    """The texts of the program's own module."""
    folder = "" if found.package in {"", "."} else f"{found.package}/"
    return {path: text for path, text in texts.items() if path.startswith(folder) and not _is_aside(path)}


def _profiled(own: Texts, found: Detected) -> Detected:
    """The same; with a doubt where a profile sets otherwise what port and health check are taken from."""
    known = {key: settings.said(own, key) for key in _DECIDING}
    said = [each for each in settings.profiled(own, *_DECIDING) if known[each[1]] != each[2]]
    if not said:
        return found
    file = said[0][0]
    listed = " ".join(dict.fromkeys(f"{key}={value[:80]}" for path, key, value in said if path == file))
    return found.doubting(
        f"{file}: a profile sets {listed}; port and health check are taken without it:"
        " say in run.port, run.ports and run.health what holds where it is active"
    )


def _spring(texts: Texts, found: Detected, whole: str) -> Detected:
    own = _of(texts, found)
    port = _configured(texts, found, "server.port")
    served = re.search(r"starter-(?:web|jersey|graphql|actuator|gateway|netflix-eureka-server)", whole)
    if not port and not served and re.search(r"spring-boot-starter", whole):
        found = found.doubting("no starter of Spring Boot that serves was seen: is there a port at all?")
    found = replace(found, port=port or 8080).because(f"Spring Boot, on port {port or 8080}")
    profiles = ", ".join(settings.profiles(own))
    if profiles:
        found = found.because(f"the settings make the profile {profiles} active")
    if settings.WORKPLACE.search(profiles):
        doubt = f"the profile {profiles} is active unless SPRING_PROFILES_ACTIVE in run.env says another one"
        found = found.doubting(doubt)
    if "spring-boot-starter-actuator" not in whole:
        return found
    said = settings.lines(own)
    if re.search(r"^management\.(?:server\.)?port=", said, re.MULTILINE):
        return found.doubting(
            "actuator answers on a port of its own: say in run.ports and run.health what is asked"
        )
    if _BEFORE_TWO.search(whole):
        context = settings.said(own, "server.context-path", "server.contextPath")
        base = settings.said(own, "management.context-path", "management.contextPath")
    else:
        context = settings.said(own, *_CONTEXT)
        base = settings.said(own, "management.endpoints.web.base-path") or "/actuator"
    health = f"{context.rstrip('/')}{base.rstrip('/')}/health"
    if not re.fullmatch(r"/[\w./-]*", health):
        return found.doubting(f"actuator's path is {health[:80]}: say in run.health what is asked")
    return replace(found, health=health).because(f"actuator: the health check {health}")


def _quarkus_health(texts: Texts, found: Detected) -> Detected:
    """Its paths lie below one another, unless one of them begins at the top."""
    own = _of(texts, found)
    if settings.said(own, "quarkus.management.enabled") == "true":
        return found.doubting(
            "Quarkus tells its health on a port of its own: say in run.ports and run.health what is asked"
        )
    path = posixpath.join(
        "/",
        settings.said(own, "quarkus.http.root-path"),
        settings.said(own, "quarkus.http.non-application-root-path") or "q",
        settings.said(own, "quarkus.smallrye-health.root-path") or "health",
        settings.said(own, "quarkus.smallrye-health.readiness-path") or "ready",
    )
    if not re.fullmatch(r"/[\w./-]*", path):
        return found.doubting(f"smallrye's path is {path[:80]}: say in run.health what is asked")
    return replace(found, health=path).because(f"smallrye: {path}")


def _plain_port(texts: Texts, found: Detected) -> Detected:
    """Where a program without a framework listens."""
    own = {path: text for path, text in _of(texts, found).items() if path.endswith((".java", ".kt"))}
    listens = evidence.listens(
        re.compile(
            r"(?:InetSocketAddress\(|ServerSocket\(|new Server\(|\.start\(|\.port\(|\.listen\(|port\s*=\s*)"
            r"\s*(?:\"0\.0\.0\.0\",\s*)?(\d{2,5})\b"
        ),
        own.values(),
    )
    if listens:
        return replace(found, port=int(listens[1])).because(
            f"port {listens[1]} in the source: {listens[0].strip()}"
        )
    if search(own, r"", r"(?:getenv|getOrDefault)\(\s*\"PORT\"|getenv\(\)\[\"PORT\""):
        fallback = search(own, r"", r"[pP]ort\D{1,80}?(\d{4,5})")
        port = int(fallback[1]) if fallback and int(fallback[1]) < 65536 else 8080
        return replace(found, port=port).because(f"it reads PORT, which the chart gives: port {port}")
    if search(
        own, r"", r"HttpServer|ServerSocket|Javalin|embeddedServer|Vertx|ServerBuilder|Undertow|Jetty|Spark\."
    ):
        return replace(found, asks_port=True).because("it listens, on a port that the source does not show")
    if found.main or not found.doubts:
        return replace(found, server=False).because("nothing in it listens: no port and no probe")
    return found
