package harness;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What Declarative puts around stages: machines, environment, options, tools, a question. */
final class Wrappers {
    private final Build build;
    private final Code code;

    Wrappers(Build build, Code code) {
        this.build = build;
        this.code = code;
    }

    void inAgent(Green green, Model.Agent agent, Map<String, List<Object>> options, Green.Body body)
            throws Throwable {
        if (agent == null || agent.none()) {
            body.run();
            return;
        }
        if (agent.kind().equals("kubernetes")) {
            build.requirePlugin("kubernetes", "agent kubernetes", List.of(agent.place()));
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> field : agent.fields().entrySet()) {
            fields.put(field.getKey(), code.value(green, field.getValue()));
        }
        String label = String.valueOf(fields.getOrDefault("label", ""));
        Object yaml = fields.containsKey("yamlFile")
                ? build.workspaceText(String.valueOf(fields.get("yamlFile"))) : fields.get("yaml");
        boolean checkout = !skipsCheckout(options);
        Agent machine = build.workspaces.allocate(
                agent.kind(), label, yaml == null ? null : yaml.toString(), checkout);
        Map<String, Object> traced = new LinkedHashMap<>(fields);
        traced.put("checkout", checkout);
        build.traceAgent(machine, traced, green.context);
        Context inside = green.context.withAgent(machine);
        if (checkout) {
            inside = inside.withEnvironment(List.copyOf(build.request.textMap("scm").entrySet()));
        }
        Object container = fields.get("defaultContainer");
        green.within(inside, container == null ? body
                : () -> step(green, "container", List.of(container.toString()), body, agent.place()));
    }

    private static boolean skipsCheckout(Map<String, List<Object>> options) {
        List<Object> args = options.get("skipDefaultCheckout");
        return args != null && (args.size() < 2 || Boolean.TRUE.equals(args.get(0)));
    }

    void inEnvironment(Green green, List<Model.Variable> variables, Green.Body body) throws Throwable {
        List<Model.Variable> secret = variables.stream().filter(Model.Variable::credentials).toList();
        List<Model.Variable> plain = variables.stream().filter(v -> !v.credentials()).toList();
        Green.Body inner = () -> inPlain(green, plain, 0, body);
        if (secret.isEmpty()) {
            inner.run();
            return;
        }
        build.requirePlugin("credentials-binding", "credentials(…)", List.of(secret.get(0).place()));
        CredentialSteps.bound(green, into -> {
            for (Model.Variable variable : secret) {
                String id = String.valueOf(code.value(green, variable.value()));
                build.credentials.bindEnvironment(variable.name(), id, green.context.agent(), into);
            }
        }, inside -> green.within(inside, inner));
    }

    /** Each variable may use the ones before it. */
    void inPlain(Green green, List<Model.Variable> variables, int index, Green.Body body) throws Throwable {
        if (index == variables.size()) {
            body.run();
            return;
        }
        Model.Variable variable = variables.get(index);
        String value = String.valueOf(code.value(green, variable.value()));
        Context inside = green.context.withEnvironment(List.of(Map.entry(variable.name(), value)));
        green.within(inside, () -> inPlain(green, variables, index + 1, body));
    }

    void inOptions(Green green, List<Model.Call> calls, Green.Body body) throws Throwable {
        List<Model.Call> wrappers = calls.stream().filter(c -> Tables.WRAPPERS.contains(c.name())).toList();
        inWrapper(green, wrappers, 0, body);
    }

    void inWrapper(Green green, List<Model.Call> wrappers, int index, Green.Body body) throws Throwable {
        if (index == wrappers.size()) {
            body.run();
            return;
        }
        Model.Call call = wrappers.get(index);
        step(green, call.name(), code.arguments(green, call), () -> inWrapper(green, wrappers, index + 1, body),
                call.place());
    }

    void inTools(Green green, Map<String, Integer> tools, Green.Body body) throws Throwable {
        List<Map.Entry<String, String>> environment = new ArrayList<>();
        for (Map.Entry<String, Integer> tool : tools.entrySet()) {
            String name = tool.getKey() + ":" + code.value(green, tool.getValue());
            if (!(build.request.map("tools").get(name) instanceof Map<?, ?> variables)) {
                throw build.refuse("declarative", "Tool " + name + " is not configured on this controller");
            }
            variables.forEach((k, v) -> environment.add(Map.entry(String.valueOf(k), String.valueOf(v))));
        }
        green.within(green.context.withEnvironment(environment), body);
    }

    void afterInput(Green green, Model.Stage stage, Green.Body body) throws Throwable {
        if (stage.input() == null) {
            body.run();
            return;
        }
        Map<String, Object> args = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> field : stage.input().fields().entrySet()) {
            args.put(field.getKey(), String.valueOf(code.value(green, field.getValue())));
        }
        List<Object> parameters = new ArrayList<>();
        for (Model.Call call : stage.input().parameters()) {
            parameters.add(new Symbol(call.name(), code.named(green, call, Tables.PARAMETERS.get(call.name()))));
        }
        args.put("parameters", parameters);
        Object submitted = step(green, "input", List.of(args), null, stage.place());
        green.within(green.context.withEnvironment(submitted(stage, args, parameters, submitted)), body);
    }

    private static List<Map.Entry<String, String>> submitted(
            Model.Stage stage, Map<String, Object> args, List<Object> parameters, Object value) {
        List<Map.Entry<String, String>> environment = new ArrayList<>();
        if (value instanceof Map<?, ?> many) {
            many.forEach((k, v) -> environment.add(Map.entry(String.valueOf(k), String.valueOf(v))));
        } else if (value != null && stage.input().fields().containsKey("submitterParameter")) {
            environment.add(Map.entry(String.valueOf(args.get("submitterParameter")), String.valueOf(value)));
        } else if (value != null && parameters.size() == 1) {
            environment.add(Map.entry(((Symbol) parameters.get(0)).text("name"), String.valueOf(value)));
        }
        return environment;
    }

    /** Runs a step as if the pipeline had called it, with a block that is the harness' own. */
    Object step(Green green, String name, List<Object> args, Green.Body body, Place place) throws Throwable {
        List<Object> all = new ArrayList<>(args);
        all.removeIf(a -> a instanceof Map<?, ?> map && map.isEmpty());
        if (body != null) {
            all.add(new OwnBlock(body));
        }
        return build.steps.invoke(green, new StepCall(name, all.toArray()), List.of(place));
    }

    private static final class OwnBlock extends Closure<Object> {
        private static final long serialVersionUID = 1;
        private final transient Green.Body body;

        OwnBlock(Green.Body body) {
            super(null);
            this.body = body;
        }

        @Override
        public Object call(Object... args) {
            try {
                body.run();
                return null;
            } catch (Throwable error) {
                throw OwnBlock.<RuntimeException>unchecked(error);
            }
        }

        @SuppressWarnings("unchecked")
        private static <E extends Throwable> E unchecked(Throwable error) throws E {
            throw (E) error;
        }
    }
}
