package harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the git plugin does for a multibranch project: it fetches one branch, without tags unless a CloneOptionTrait
 * says so, and leaves the work tree at a commit, on no branch. By the agent's git, with the agent's own home.
 */
final class Checkout {
    private final Build build;
    private final Map<?, ?> wanted;

    private Checkout(Build build, Map<?, ?> wanted) {
        this.build = build;
        this.wanted = wanted;
    }

    /** Checks out what the request names, and what {@code checkout} answers then; null when it names nothing. */
    static Map<String, String> into(Build build, Path workspace) throws IOException {
        Map<String, Object> wanted = build.request.map("checkout");
        return wanted.isEmpty() ? null : new Checkout(build, wanted).run(workspace);
    }

    private Map<String, String> run(Path workspace) throws IOException {
        String url = String.valueOf(wanted.get("url"));
        String local = "refs/remotes/origin/" + build.request.textMap("environment").get("BRANCH_NAME");
        String refspec = "+" + wanted.get("ref") + ":" + local;
        boolean tags = Boolean.TRUE.equals(wanted.get("tags"));
        Files.createDirectories(workspace);
        if (!Files.exists(workspace.resolve(".git"))) {
            git(workspace, "init", workspace.toString());
            git(workspace, "config", "remote.origin.url", url);
            git(workspace, "config", "--add", "remote.origin.fetch", refspec);
            if (tags) {
                // The trait's clone takes everything there is, then the one branch as well.
                fetch(workspace, "--tags", url, "+refs/heads/*:refs/remotes/origin/*");
            }
        }
        fetch(workspace, tags ? "--tags" : "--no-tags", url, refspec);
        String commit = git(workspace, "rev-parse", local + "^{commit}").strip();
        git(workspace, "config", "core.sparsecheckout");
        git(workspace, "checkout", "-f", commit);
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("GIT_BRANCH", build.request.textMap("environment").get("BRANCH_NAME"));
        answer.put("GIT_COMMIT", commit);
        answer.put("GIT_URL", url);
        return answer;
    }

    private void fetch(Path workspace, String tags, String url, String refspec) throws IOException {
        git(workspace, "fetch", tags, "--force", "--progress", "--", url, refspec);
    }

    private String git(Path workspace, String... words) throws IOException {
        List<String> argv = new ArrayList<>(List.of("git"));
        argv.addAll(List.of(words));
        build.log(" > " + String.join(" ", argv));
        Path errors = Files.createTempFile("harness-git", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(argv);
            builder.directory(workspace.toFile());
            builder.environment().clear();
            builder.environment().putAll(build.request.textMap("environment"));
            builder.environment().put("GIT_TERMINAL_PROMPT", "0");
            builder.redirectInput(Path.of("/dev/null").toFile());
            builder.redirectError(errors.toFile());
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // `config KEY` ends with 1 when there is no such key, which is an answer.
            if (process.waitFor() > (words[0].equals("config") ? 1 : 0)) {
                throw new Abort("git " + words[0] + ": " + Files.readString(errors));
            }
            return out;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.delete(errors);
        }
    }
}
