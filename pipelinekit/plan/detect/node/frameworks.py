"""What Node's frameworks make of a source: a site, or a server with a port of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.node.ports import serves
from pipelinekit.plan.detect.node.start import Start
from pipelinekit.plan.detect.signs import Texts, search
from pipelinekit.records import dataclass

SITE_PORT = 8080


@dataclass(frozen=True, slots=True)
class Framework:
    """A site in a folder, or how its server starts and where it listens; `doubt` is what is not known."""

    reason: str
    site: str = ""
    command: tuple[str, ...] = ()
    package: str = ""
    port: int | None = None
    doubt: str = ""


def _next(texts: Texts, package: Package) -> Framework:
    del package
    if search(texts, r"^next\.config\.[cm]?[jt]s$", r"output:\s*[\"']export[\"']"):
        return Framework("next.config: a site that is exported into out/", site="out")
    return Framework("next: `next start`, on Next's port 3000", command=("next", "start"), port=3000)


def _nuxt(texts: Texts, package: Package) -> Framework:
    del texts
    if "generate" in package.scripts.get("build", ""):
        return Framework("nuxt generate: a site in .output/public", site=".output/public")
    return Framework("nuxt: its server, on Nuxt's port 3000", package=".output/server/index.mjs", port=3000)


def _svelte(texts: Texts, package: Package) -> Framework:
    del texts
    if "@sveltejs/adapter-static" in package.names:
        return Framework("@sveltejs/adapter-static: a site in build/", site="build")
    node = "@sveltejs/adapter-node" in package.names
    doubt = "" if node else "SvelteKit builds no server without @sveltejs/adapter-node or adapter-static"
    return Framework(
        "SvelteKit: the server that adapter-node builds, on its port 3000",
        package="build/index.js",
        port=3000,
        doubt=doubt,
    )


def _remix(texts: Texts, package: Package) -> Framework:
    del texts
    program = "react-router-serve" if "@react-router/serve" in package.names else "remix-serve"
    return Framework(
        f"{program}: its server, on port 3000", command=(program, "./build/server/index.js"), port=3000
    )


def _astro(texts: Texts, package: Package) -> Framework:
    del texts
    if "@astrojs/node" in package.names:
        listen = "HOST=0.0.0.0 exec node ./dist/server/entry.mjs"
        return Framework("@astrojs/node: its server, on port 4321", command=("sh", "-c", listen), port=4321)
    return Framework("astro: a site in dist/", site="dist")


def _vite(texts: Texts, package: Package) -> Framework:
    del package
    folder = search(texts, r"^vite\.config\.[cm]?[jt]s$", r"outDir:\s*[\"'](?:\./)?([\w./-]+)[\"']")
    root = search(texts, r"^vite\.config\.[cm]?[jt]s$", r"\broot:")
    outside = bool(folder and folder[1].startswith(("..", "/")))
    site = folder[1].strip("/") if folder and not outside else "dist"
    doubt = "vite.config moves its folders: look where the build writes" if root or outside else ""
    return Framework(f"vite: a site that is built into {site}/", site=site, doubt=doubt)


def _react(texts: Texts, package: Package) -> Framework:
    del texts, package
    return Framework("react-scripts: a site that is built into build/", site="build")


def _angular(texts: Texts, package: Package) -> Framework:
    path = search(texts, r"^angular\.json$", r"\"outputPath\":\s*(?:\{\s*\"base\":\s*)?\"([\w./-]+)\"")
    if path:
        base = path[1].strip("/")
    else:
        project = search(texts, r"^angular\.json$", r"\"projects\":\s*\{\s*\"([\w.-]+)\"")
        base = f"dist/{project[1] if project else package.name or 'app'}"
    # Since its builder `application`, the pages are one folder further down.
    new = search(
        texts, r"^angular\.json$", r"\"builder\":\s*\"@angular(?:-devkit)?/build(?:-angular)?:application\""
    )
    site = f"{base}/browser" if new else base
    return Framework(f"Angular: a site that is built into {site}/", site=site)


def _nitro(texts: Texts, package: Package) -> Framework:
    del texts, package
    return Framework("nitro: its server, on port 3000", package=".output/server/index.mjs", port=3000)


def _webpack(texts: Texts, package: Package) -> Framework:
    del package
    said = search(
        texts, r"^webpack\.[\w.]*[jt]s$", r"\bpath:[^\n]{0,80}?[\"'](?:\./)?([\w-][\w./-]*)[\"']\s*\)?,?"
    )
    site = said[1].strip("/") if said else "dist"
    return Framework(f"webpack: a site that is built into {site}/", site=site)


def _strapi(texts: Texts, package: Package) -> Framework:
    del texts, package
    doubt = "Strapi needs APP_KEYS and its other keys in run.secrets, and a database and uploads that stay"
    return Framework(
        "strapi start: its server, on port 1337", command=("strapi", "start"), port=1337, doubt=doubt
    )


def _in(folder: str, name: str) -> Callable[[Texts, Package], Framework]:
    def look(texts: Texts, package: Package) -> Framework:
        del texts, package
        return Framework(f"{name}: a site that is built into {folder}/", site=folder)

    return look


KINDS: tuple[tuple[str, Callable[[Texts, Package], Framework]], ...] = (
    ("next", _next),
    ("nuxt", _nuxt),
    ("@sveltejs/kit", _svelte),
    ("@react-router/serve", _remix),
    ("@remix-run/serve", _remix),
    ("astro", _astro),
    ("react-scripts", _react),
    ("@angular/cli", _angular),
    ("@docusaurus/core", _in("build", "Docusaurus")),
    ("gatsby", _in("public", "Gatsby")),
    ("@11ty/eleventy", _in("_site", "Eleventy")),
    ("@vue/cli-service", _in("dist", "Vue")),
    ("@solidjs/start", _nitro),
    ("@tanstack/react-start", _nitro),
    ("parcel", _in("dist", "Parcel")),
    ("webpack-dev-server", _webpack),
    ("vitepress", _in("docs/.vitepress/dist", "VitePress")),
    ("hexo", _in("public", "Hexo")),
    ("@strapi/strapi", _strapi),
    ("vite", _vite),
)
_OWN_SERVER = re.compile(
    r"^(next start|nuxi? (start|preview)|remix-serve|react-router-serve|vite preview|serve\b)"
)


def framework(texts: Texts, package: Package, started: Start) -> Framework | None:
    """What the framework says; None for none, and where the program is a server of the repository."""
    for name, look in KINDS:
        if name in package.names:
            command = " ".join(started.command)
            found = look(texts, package)
            # A site has no program: one that is started serves more than the pages.
            if found.site and _serves_itself(texts, package, started) and not _OWN_SERVER.match(command):
                return None
            return found
    return None


def _serves_itself(texts: Texts, package: Package, started: Start) -> bool:
    return started.scripted or (bool(started.package) and serves(texts, package))
