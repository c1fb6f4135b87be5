package harness;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** {@code sh}: a real shell in the workspace, with the environment of the build and nothing else. */
final class ShellStep {
    private static final AtomicLong COUNT = new AtomicLong();

    private ShellStep() {}

    static Object refused(Invocation in) {
        throw in.build().refuse("step", "'" + in.name() + "' needs a Windows agent or PowerShell; the harness runs sh only");
    }

    static Object run(Invocation in) throws Exception {
        if (in.flag("returnStdout") && in.flag("returnStatus")) {
            throw new IllegalArgumentException("You may not provide both returnStdout and returnStatus.");
        }
        Map<String, String> environment = in.build().variables.environment(in.context());
        in.record().put("environment", in.context().secrets().maskDeep(environment));
        Path control = in.context().agent().temporary().resolve("durable-" + COUNT.incrementAndGet());
        Files.createDirectories(control);
        Files.createDirectories(in.context().folder());
        try {
            return execute(in, environment, control);
        } finally {
            FileSteps.delete(control);
        }
    }

    private static Object execute(Invocation in, Map<String, String> environment, Path control) throws Exception {
        Path log = control.resolve("log");
        Path output = in.flag("returnStdout") ? control.resolve("output") : log;
        ProcessBuilder builder = new ProcessBuilder(command(in.text("script"), control));
        builder.directory(in.context().folder().toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put(Processes.VARIABLE, in.build().processes.cookie);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectOutput(ProcessBuilder.Redirect.to(output.toFile()));
        if (output.equals(log)) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectError(ProcessBuilder.Redirect.to(log.toFile()));
        }
        in.build().processes.use();
        int status = waitFor(in, builder.start(), new Tail(in, log));
        String text = Files.readString(output, StandardCharsets.UTF_8);
        in.record().put("exit", status);
        in.record().put("output", in.context().secrets().mask(text));
        if (in.flag("returnStatus")) {
            return status;
        }
        if (status != 0) {
            throw new Abort("script returned exit code " + status);
        }
        return in.flag("returnStdout") ? text : null;
    }

    /** A script with its own interpreter line is run as it is; any other by {@code sh -xe}. */
    private static List<String> command(String text, Path control) throws IOException {
        Path script = control.resolve("script.sh");
        Files.writeString(script, text, StandardCharsets.UTF_8);
        if (!text.startsWith("#!")) {
            return List.of("/bin/sh", "-xe", script.toString());
        }
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return List.of(script.toString());
    }

    private static int waitFor(Invocation in, Process process, Tail tail) throws Exception {
        long end = System.nanoTime() + in.build().request.number("sh_timeout_ms") * 1_000_000;
        boolean finished = false;
        try {
            in.green().await(() -> {
                boolean done = process.waitFor(20, TimeUnit.MILLISECONDS);
                tail.read(done);
                if (!done && System.nanoTime() > end) {
                    throw new Interruption(Result.ABORTED, "sh took longer than the harness allows", false, true);
                }
                return done;
            });
            finished = true;
        } finally {
            if (!finished) {
                in.log("Sending interrupt signal to process");
                stop(process);
                tail.read(true);
            }
        }
        return process.exitValue();
    }

    private static void stop(Process process) throws InterruptedException {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        all.forEach(ProcessHandle::destroy);
        if (!process.waitFor(500, TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        process.waitFor(500, TimeUnit.MILLISECONDS);
    }

    /** Copies a growing log to the console, whole lines at a time. */
    private static final class Tail {
        private final Invocation in;
        private final Path log;
        private long position;

        Tail(Invocation in, Path log) {
            this.in = in;
            this.log = log;
        }

        void read(boolean last) throws IOException {
            if (!Files.exists(log) || Files.size(log) <= position) {
                return;
            }
            byte[] bytes;
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                file.seek(position);
                bytes = new byte[(int) (file.length() - position)];
                file.readFully(bytes);
            }
            int end = bytes.length;
            while (!last && end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            if (end > 0) {
                String text = new String(bytes, 0, end, StandardCharsets.UTF_8);
                in.log(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
                position += end;
            }
        }
    }
}
