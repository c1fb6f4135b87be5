package harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Steps about machines, what is checked out on them, and libraries. */
final class AgentSteps {
    private AgentSteps() {}

    static Object node(Invocation in) throws Throwable {
        Agent agent = in.build().workspaces.allocate("node", in.text("label", ""), null, false);
        in.build().traceAgent(agent, Map.of("label", in.text("label", "")), in.context());
        return in.body(in.context().withAgent(agent));
    }

    static Object podTemplate(Invocation in) throws Throwable {
        return in.body();
    }

    /** The commands run on this machine; that the pod has such a container is checked where its text is known. */
    static Object container(Invocation in) throws Throwable {
        String name = in.text("name");
        String yaml = in.context().agent().podYaml();
        if (yaml != null && !name.equals("jnlp") && !hasContainer(yaml, name)) {
            throw new Abort("container [" + name + "] is not in the pod's template");
        }
        return in.body();
    }

    private static boolean hasContainer(String yaml, String name) {
        String value = "name:\\s*['\"]?" + Pattern.quote(name) + "['\"]?\\s*";
        return Pattern.compile("(?m)(^|[-{,])\\s*" + value + "([,}]|$)").matcher(yaml).find();
    }

    static Object checkout(Invocation in) throws IOException {
        Object scm = in.args().get("scm");
        if (!(scm instanceof Variables.Scm)) {
            in.record().put("scm", in.context().secrets().maskDeep(scm));
        }
        in.build().workspaces.checkout(in.context().agent());
        Map<String, String> answer = new LinkedHashMap<>(in.build().request.textMap("scm"));
        in.build().variables.environment(in.context()).forEach((name, value) -> {
            if (name.startsWith("GIT_")) {
                answer.putIfAbsent(name, value);
            }
        });
        return answer;
    }

    static Object library(Invocation in) throws IOException {
        try {
            in.build().libraries.load(in.text("identifier"), String.valueOf(in.record().get("place")));
        } catch (Rejected e) {
            throw in.build().refuse("library", e.getMessage());
        }
        return null;
    }

    static Object libraryResource(Invocation in) throws IOException {
        List<Path> roots = in.build().libraries.roots();
        for (Path root : roots) {
            Path file = root.resolve("resources").resolve(in.text("resource"));
            if (Files.isRegularFile(file)) {
                return Files.readString(file, StandardCharsets.UTF_8);
            }
        }
        throw new Abort("No such library resource " + in.text("resource") + " could be found.");
    }
}
