package harness;

import groovy.json.JsonOutput;
import groovy.json.JsonSlurperClassic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Steps that read and write files of the workspace. */
final class FileSteps {
    private FileSteps() {}

    static Object pwd(Invocation in) {
        Path folder = in.flag("tmp") ? in.context().agent().temporary() : in.context().folder();
        return folder.toString();
    }

    static Object readFile(Invocation in) throws IOException {
        try {
            byte[] bytes = Files.readAllBytes(in.path("file"));
            return "Base64".equals(in.text("encoding"))
                    ? java.util.Base64.getEncoder().encodeToString(bytes)
                    : new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new Abort("java.nio.file.NoSuchFileException: " + e.getMessage());
        }
    }

    static Object writeFile(Invocation in) throws IOException {
        Path file = in.path("file");
        Files.createDirectories(file.getParent());
        Files.writeString(file, in.text("text"), StandardCharsets.UTF_8);
        return null;
    }

    static Object fileExists(Invocation in) {
        return Files.exists(in.path("file"));
    }

    static Object deleteDir(Invocation in) throws IOException {
        delete(in.context().folder());
        return null;
    }

    static Object cleanWs(Invocation in) throws IOException {
        if (!in.list("patterns").isEmpty()) {
            throw in.build().refuse("step", "cleanWs with patterns is not supported by the harness");
        }
        Path workspace = in.context().agent().workspace();
        try (Stream<Path> children = Files.list(workspace)) {
            for (Path child : children.toList()) {
                delete(child);
            }
        }
        return null;
    }

    static Object dir(Invocation in) throws Throwable {
        return in.body(in.context().withFolder(in.path("path")));
    }

    static Object stash(Invocation in) throws IOException {
        String name = in.text("name");
        Path from = in.context().folder();
        List<String> files = AntPattern.select(
                from, in.text("includes"), in.text("excludes"), in.flag("useDefaultExcludes", true));
        if (files.isEmpty() && !in.flag("allowEmpty")) {
            throw new Abort("No files included in stash ‘" + name + "’");
        }
        Path store = in.build().workspaces.stash(name);
        delete(store);
        copy(from, files, store);
        in.build().trace.stashes.put(name, files);
        in.log("Stashed " + files.size() + " file(s)");
        return null;
    }

    static Object unstash(Invocation in) throws IOException {
        String name = in.text("name");
        List<String> files = in.build().trace.stashes.get(name);
        if (files == null) {
            throw new Abort("No such saved stash ‘" + name + "’");
        }
        copy(in.build().workspaces.stash(name), files, in.context().folder());
        in.record().put("files", files);
        return null;
    }

    static void copy(Path from, List<String> files, Path to) throws IOException {
        for (String file : files) {
            Path target = to.resolve(file);
            Files.createDirectories(target.getParent());
            Files.copy(from.resolve(file), target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /** Removes a file or a whole folder; links are removed, not followed. */
    static void delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(path)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    static Object readJson(Invocation in) throws IOException {
        requireOne(in, "text", "file");
        if (in.text("file") != null && in.context().agent() == null) {
            throw new Abort("readJSON of a file needs a node { … } around it");
        }
        String text = in.text("text") != null ? in.text("text") : Files.readString(in.path("file"), StandardCharsets.UTF_8);
        return new JsonSlurperClassic().parseText(text);
    }

    static Object writeJson(Invocation in) throws IOException {
        boolean asText = in.flag("returnText");
        if (asText == (in.text("file") != null)) {
            throw new IllegalArgumentException("writeJSON: give either file or returnText: true");
        }
        checkJsonText(in, in.args().get("json"));
        String text = JsonOutput.toJson(in.args().get("json"));
        if (in.number("pretty", 0) > 0) {
            text = JsonOutput.prettyPrint(text);
        }
        if (asText) {
            return text;
        }
        Files.createDirectories(in.path("file").getParent());
        Files.writeString(in.path("file"), text, StandardCharsets.UTF_8);
        return null;
    }

    private static void requireOne(Invocation in, String first, String second) {
        if ((in.text(first) == null) == (in.text(second) == null)) {
            throw new IllegalArgumentException(in.name() + ": give either " + first + " or " + second);
        }
    }

    /** The plugin's library reads a string that looks like JSON as JSON: text would not come out as it went in. */
    private static void checkJsonText(Invocation in, Object value) {
        if (value instanceof Map<?, ?> map) {
            map.values().forEach(v -> checkJsonText(in, v));
        } else if (value instanceof Iterable<?> items) {
            items.forEach(v -> checkJsonText(in, v));
        } else if (value instanceof CharSequence text) {
            String s = text.toString();
            boolean like = s.equals("null") || s.startsWith("[") && s.endsWith("]") || s.startsWith("{") && s.endsWith("}")
                    || s.length() > 1 && (s.startsWith("'") && s.endsWith("'") || s.startsWith("\"") && s.endsWith("\""));
            if (like) {
                throw in.build().refuse("step",
                        "writeJSON would not keep the text " + s + ": its plugin reads such strings as JSON");
            }
        }
    }
}
