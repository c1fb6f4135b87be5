package harness;

import groovy.lang.GroovyObjectSupport;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.codehaus.groovy.runtime.InvokerHelper;

/** The names every pipeline knows, and the environment that processes get. */
final class Variables {
    private final Build build;
    private final Map<String, String> assigned = new LinkedHashMap<>();
    private final Map<String, Object> parameters = new LinkedHashMap<>();

    Variables(Build build) {
        this.build = build;
        parameters.putAll(build.request.map("parameters"));
    }

    Object global(String name) {
        return switch (name) {
            case "env" -> new Environment(build);
            case "params" -> Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            case "currentBuild" -> build.currentBuild;
            case "scm" -> new Scm();
            case "steps" -> new StepsObject(build);
            default -> {
                Green green = Green.current();
                yield green == null ? null : environment(green.context).get(name);
            }
        };
    }

    /** What a checkout tells, as Declarative puts it into the environment. */
    void checkedOut(Map<String, String> answer) {
        assigned.putAll(answer);
    }

    /** Declares the file's parameters: what the request does not give has its default. */
    void declare(Symbol parameter) {
        parameters.putIfAbsent(parameter.text("name"), defaultOf(parameter));
    }

    static Object defaultOf(Symbol parameter) {
        Object value = parameter.args.get("defaultValue");
        if (parameter.name.equals("booleanParam")) {
            return Boolean.TRUE.equals(value);
        }
        if (parameter.name.equals("choice")) {
            Object choices = parameter.args.get("choices");
            List<?> list = choices instanceof List<?> l ? l : List.of(String.valueOf(choices).split("\n"));
            return list.isEmpty() ? "" : String.valueOf(list.get(0));
        }
        return value == null ? "" : value.toString();
    }

    /** The request's variables, parameters, what {@code env.X =} set, the machine's, then each block's in turn. */
    Map<String, String> environment(Context context) {
        Map<String, String> environment = new LinkedHashMap<>(build.request.textMap("environment"));
        parameters.forEach((name, value) -> override(environment, name, String.valueOf(value)));
        assigned.forEach((name, value) -> override(environment, name, value));
        Agent agent = context.agent();
        if (agent != null) {
            environment.put("WORKSPACE", agent.workspace().toString());
            environment.put("WORKSPACE_TMP", agent.temporary().toString());
            environment.putIfAbsent("NODE_NAME", agent.kind());
        }
        context.overrides().forEach(e -> override(environment, e.getKey(), e.getValue()));
        return environment;
    }

    /** Jenkins' rules: an empty value removes the variable, {@code PATH+ANY} puts the value in front of it. */
    private static void override(Map<String, String> environment, String name, String value) {
        if (value == null || value.isEmpty()) {
            environment.remove(name);
            return;
        }
        int plus = name.indexOf('+');
        if (plus > 0) {
            String real = name.substring(0, plus);
            String before = environment.get(real);
            environment.put(real, before == null ? value : value + ":" + before);
        } else {
            environment.put(name, value);
        }
    }

    /** {@code env}: reading sees the blocks around, writing is for the whole build. */
    public static final class Environment extends GroovyObjectSupport implements Serializable {
        private static final long serialVersionUID = 1;
        private final transient Build build;

        Environment(Build build) {
            this.build = build;
        }

        @Override
        public Object getProperty(String name) {
            return build.variables.environment(Green.current().context).get(name);
        }

        @Override
        public void setProperty(String name, Object value) {
            build.variables.assigned.put(name, String.valueOf(value));
        }

        public Object getAt(String name) {
            return getProperty(name);
        }

        public void putAt(String name, Object value) {
            setProperty(name, value);
        }

        public Map<String, String> getEnvironment() {
            return new LinkedHashMap<>(build.variables.environment(Green.current().context));
        }
    }

    /** {@code scm}: where the Jenkinsfile came from; there is nothing to look into. */
    public static final class Scm implements Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public String toString() {
            return "scm";
        }
    }

    /** {@code steps}: steps by name, past everything that shadows them. */
    public static final class StepsObject extends GroovyObjectSupport implements Serializable {
        private static final long serialVersionUID = 1;
        private final transient Build build;

        StepsObject(Build build) {
            this.build = build;
        }

        @Override
        public Object invokeMethod(String name, Object args) {
            return build.steps.call(name, InvokerHelper.asArray(args));
        }
    }
}
