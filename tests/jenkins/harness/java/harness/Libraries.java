package harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shared libraries of one build: which the controller has, which are loaded, their variables. */
final class Libraries {
    private final Build build;
    private final Map<String, Compiler.Vars> loaded = new LinkedHashMap<>();

    Libraries(Build build) {
        this.build = build;
    }

    /** Makes the variables of {@code name[@version]} known; refuses a library the controller would not have. */
    void load(String identifier, String where) throws IOException, Rejected {
        int at = identifier.indexOf('@');
        String name = at < 0 ? identifier : identifier.substring(0, at);
        List<Path> roots = build.request.libraries().get(name);
        if (roots == null) {
            throw new Rejected(List.of(new Problem("library", "No library named " + name + " found",
                    new Place(where, 0, 0))));
        }
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("name", name);
        record.put("version", at < 0 ? null : identifier.substring(at + 1));
        build.trace.libraries.add(record);
        build.log("Loading library " + identifier);
        loaded.put(name, Compiler.library(roots, trusts(name)));
    }

    private boolean trusts(String name) {
        return build.request.texts("trusted").contains(name);
    }

    boolean has(String variable) {
        return loaded.values().stream().anyMatch(v -> v.files().containsKey(variable));
    }

    /** The variables of libraries that are not loaded yet; a name the controller does not have brings none. */
    Set<String> namesIn(List<String> identifiers) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        for (String identifier : identifiers) {
            String name = identifier.replaceAll("@.*", "");
            List<Path> roots = build.request.libraries().get(name);
            if (roots != null) {
                names.addAll(Compiler.library(roots, trusts(name)).files().keySet());
            }
        }
        return names;
    }

    /** The classes a Jenkinsfile sees: those of the first library it names. */
    ClassLoader loader() {
        return loaded.isEmpty() ? Compiler.class.getClassLoader() : loaded.values().iterator().next().loader();
    }

    List<Path> roots() {
        List<Path> roots = new ArrayList<>();
        loaded.keySet().forEach(name -> roots.addAll(build.request.libraries().get(name)));
        return roots;
    }

    /** A library's variable: one instance for the whole build, kept where Jenkins keeps it; null when none has it. */
    Object variable(String name) {
        for (Compiler.Vars vars : loaded.values()) {
            if (!vars.files().containsKey(name)) {
                continue;
            }
            if (!build.binding.hasVariable(name)) {
                build.binding.setVariable(name, instance(vars, name));
            }
            return build.binding.getVariable(name);
        }
        return null;
    }

    private Object instance(Compiler.Vars vars, String name) {
        try {
            return Compiler.variable(vars, name).getDeclaredConstructor().newInstance();
        } catch (Rejected rejected) {
            throw build.refuseAll(rejected.problems);
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
