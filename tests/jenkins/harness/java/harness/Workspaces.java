package harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The folders of a build. The first machine gets the workspace the test prepared; every further one a fresh folder
 * with what was checked in, the worst case on a controller: only a stash carries files from one to the other.
 */
final class Workspaces {
    private final Build build;
    private final Map<String, Path> stashes = new HashMap<>();
    private final Set<Path> temporary = new HashSet<>();
    private final Set<Path> empty = new HashSet<>();
    private Path source;
    private Path stashRoot;
    private int count;

    Workspaces(Build build) {
        this.build = build;
    }

    /** Keeps what was checked in, when more than one machine will want it. */
    void prepare(int machines) throws IOException {
        Path workspace = build.request.path("workspace");
        if (machines > 1) {
            source = Files.createTempDirectory("harness-source");
            temporary.add(source);
            FileSteps.copy(workspace, AntPattern.select(workspace, "**", null, false), source);
        }
    }

    synchronized Agent allocate(String kind, String label, String podYaml, boolean checkedOut) throws IOException {
        Path workspace = build.request.path("workspace");
        count++;
        if (count > 1) {
            workspace = workspace.resolveSibling(workspace.getFileName() + "@" + count);
            FileSteps.delete(workspace);
            Files.createDirectories(workspace);
            empty.add(workspace);
        }
        Agent agent = new Agent(kind, label, workspace, podYaml);
        temporary.add(agent.temporary());
        if (checkedOut) {
            checkout(agent);
        }
        return agent;
    }

    /** Puts what was checked in into a fresh workspace; the first one has it already. */
    synchronized void checkout(Agent agent) throws IOException {
        Map<String, String> answer = Checkout.into(build, agent.workspace());
        if (answer != null) {
            build.variables.checkedOut(answer);
            return;
        }
        if (empty.remove(agent.workspace()) && source != null) {
            List<String> files = AntPattern.select(source, "**", null, false);
            FileSteps.copy(source, files, agent.workspace());
        }
    }

    synchronized Path stash(String name) throws IOException {
        if (stashRoot == null) {
            stashRoot = Files.createTempDirectory("harness-stash");
            temporary.add(stashRoot);
        }
        Path root = stashRoot;
        return stashes.computeIfAbsent(name, n -> root.resolve(String.valueOf(stashes.size())));
    }

    void close() {
        for (Path path : temporary) {
            try {
                FileSteps.delete(path);
            } catch (IOException e) {
                build.log("could not remove " + path + ": " + e);
            }
        }
    }
}
