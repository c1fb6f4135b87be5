package harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The processes of one build, found as Jenkins finds them: by a cookie in their environment. */
final class Processes {
    static final String VARIABLE = "JENKINS_NODE_COOKIE";
    final String cookie = UUID.randomUUID().toString();
    private volatile boolean used;

    void use() {
        used = true;
    }

    /** Ends everything the build started, also what went to the background. */
    void stopAll() {
        if (!used) {
            return;
        }
        signal(false);
        for (int i = 0; i < 50 && !mine().isEmpty(); i++) {
            pause();
        }
        signal(true);
    }

    private void signal(boolean hard) {
        for (ProcessHandle process : mine()) {
            if (hard) {
                process.destroyForcibly();
            } else {
                process.destroy();
            }
        }
    }

    private List<ProcessHandle> mine() {
        List<ProcessHandle> found = new ArrayList<>();
        String wanted = VARIABLE + "=" + cookie;
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
                try {
                    String environment = Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
                    if (environment.contains(wanted)) {
                        ProcessHandle.of(Long.parseLong(process.getFileName().toString())).ifPresent(found::add);
                    }
                } catch (IOException e) {
                    continue; // gone meanwhile, or another user's
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the harness needs /proc", e);
        }
        return found;
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
