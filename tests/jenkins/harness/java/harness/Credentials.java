package harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The store of a run: what exists, and what this build may see. */
final class Credentials {
    private static final Map<String, String> KINDS = Map.of(
            "usernamePassword", "Username with password",
            "string", "Secret text",
            "file", "Secret file",
            "sshUserPrivateKey", "SSH Username with private key");

    private final Request request;

    Credentials(Request request) {
        this.request = request;
    }

    /** One credential: its kind and values. */
    record Entry(String id, String kind, Map<String, String> values) {
        String value(String key) {
            return values.getOrDefault(key, "");
        }
    }

    /** What a binding adds: variables, which of them are secret, files to remove after. */
    record Bound(Map<String, String> variables, Map<String, String> secret, List<Path> files) {
        static Bound empty() {
            return new Bound(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        }

        void plain(String variable, String value) {
            variables.put(variable, value);
        }

        void secret(String variable, String value) {
            variables.put(variable, value);
            secret.put(variable, value);
        }
    }

    /** The credential, or Jenkins' own error: an id the build may not see does not exist for it. */
    Entry find(String id) {
        Map<?, ?> entry = (Map<?, ?>) request.map("credentials").get(id);
        if (entry == null || Boolean.FALSE.equals(entry.get("visible"))) {
            throw new Abort("Could not find credentials entry with ID '" + id + "'");
        }
        Map<String, String> values = new LinkedHashMap<>();
        ((Map<?, ?>) entry.get("values")).forEach((k, v) -> values.put(String.valueOf(k), String.valueOf(v)));
        return new Entry(id, String.valueOf(entry.get("kind")), values);
    }

    private Entry find(String id, String kind) {
        Entry entry = find(id);
        if (!entry.kind().equals(kind)) {
            throw new Abort("Credentials '" + id + "' is of type '" + KINDS.get(entry.kind()) + "' where '"
                    + KINDS.get(kind) + "' was expected");
        }
        return entry;
    }

    void bind(Symbol binding, Agent agent, Bound into) throws IOException {
        String id = binding.text("credentialsId");
        switch (binding.name) {
            case "usernamePassword" -> {
                Entry e = find(id, "usernamePassword");
                into.plain(binding.text("usernameVariable"), e.value("username"));
                into.secret(binding.text("passwordVariable"), e.value("password"));
            }
            case "usernameColonPassword" -> {
                Entry e = find(id, "usernamePassword");
                into.secret(binding.text("variable"), e.value("username") + ":" + e.value("password"));
                into.secret().put(binding.text("variable") + " password", e.value("password"));
            }
            case "string" -> into.secret(binding.text("variable"), find(id, "string").value("secret"));
            case "file" -> {
                Entry e = find(id, "file");
                String name = e.values().getOrDefault("name", "secret");
                into.secret(binding.text("variable"), secretFile(agent, name, e.value("content"), into).toString());
            }
            case "sshUserPrivateKey" -> {
                Entry e = find(id, "sshUserPrivateKey");
                Path file = secretFile(agent, "ssh-key-" + binding.text("keyFileVariable"), e.value("key"), into);
                into.secret(binding.text("keyFileVariable"), file.toString());
                if (binding.text("passphraseVariable") != null) {
                    into.secret(binding.text("passphraseVariable"), e.value("passphrase"));
                }
                if (binding.text("usernameVariable") != null) {
                    into.plain(binding.text("usernameVariable"), e.value("username"));
                }
            }
            default -> throw new Abort("the harness knows no credentials binding '" + binding.name + "'");
        }
    }

    /** {@code VARIABLE = credentials('id')} in an environment section: what it means depends on the kind. */
    void bindEnvironment(String variable, String id, Agent agent, Bound into) throws IOException {
        Entry e = find(id);
        switch (e.kind()) {
            case "usernamePassword" -> {
                into.secret(variable, e.value("username") + ":" + e.value("password"));
                into.plain(variable + "_USR", e.value("username"));
                into.secret(variable + "_PSW", e.value("password"));
            }
            case "string" -> into.secret(variable, e.value("secret"));
            case "file" -> into.secret(variable,
                    secretFile(agent, e.values().getOrDefault("name", "secret"), e.value("content"), into).toString());
            case "sshUserPrivateKey" -> {
                into.secret(variable, secretFile(agent, "ssh-key-" + variable, e.value("key"), into).toString());
                into.plain(variable + "_USR", e.value("username"));
                into.secret(variable + "_PSW", e.value("passphrase"));
            }
            default -> throw new Abort("no environment binding for credentials of kind '" + e.kind() + "'");
        }
    }

    /** Beside the workspace, readable by the owner alone; the caller removes its folder. */
    private static Path secretFile(Agent agent, String name, String content, Bound into) throws IOException {
        if (agent == null) {
            throw new Abort("a secret file needs a node { … } around it");
        }
        Path folder = agent.temporary().resolve("secretFiles").resolve(UUID.randomUUID().toString());
        Files.createDirectories(folder);
        Path file = folder.resolve(name);
        Files.writeString(file, content, StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        into.files().add(folder);
        return file;
    }

    /** Ids whose secret stands in the masked log or in a step's arguments: it got out of Jenkins' sight. */
    List<String> leaks(String console, Trace trace) {
        String all = console + trace.steps;
        List<String> leaked = new ArrayList<>();
        request.map("credentials").forEach((id, entry) -> {
            Map<?, ?> values = (Map<?, ?>) ((Map<?, ?>) entry).get("values");
            boolean out = values.entrySet().stream()
                    .filter(v -> !List.of("username", "name").contains(v.getKey()))
                    .map(v -> String.valueOf(v.getValue()).strip())
                    .anyMatch(secret -> secret.length() >= 4 && all.contains(secret));
            if (out) {
                leaked.add(id);
            }
        });
        return leaked;
    }
}
