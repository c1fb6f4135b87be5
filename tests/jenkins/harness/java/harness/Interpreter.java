package harness;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a Declarative model in Declarative's order: agent, credentials, environment, options, tools, stages, post. */
final class Interpreter {
    private static final String POST_STAGE = "Declarative: Post Actions";
    private static final String NO_AGENT = "Attempted to execute a step that requires a node context while 'agent none'"
            + " was specified. Be sure to specify your own 'node { ... }' blocks when using 'agent none'.";

    private final Green main;
    private final Build build;
    private final Model.Pipeline model;
    private final Code code;
    private final PostConditions post;
    private final Map<String, List<Object>> options = new LinkedHashMap<>();

    Interpreter(Green green, Object[] args) {
        this.main = green;
        this.build = green.build;
        this.model = build.model;
        if (model == null || args.length != 1 || !(args[0] instanceof List<?> closures)) {
            throw build.refuse("declarative", "pipeline block must be at the top-level, not within another block.");
        }
        this.code = new Code(build, closures);
        this.post = new PostConditions(build, code);
    }

    /** How many machines a model asks for. */
    static int agents(Model.Pipeline model) {
        int own = model.agent() != null && !model.agent().none() ? 1 : 0;
        return own + agents(model.stages());
    }

    private static int agents(List<Model.Stage> stages) {
        int count = 0;
        for (Model.Stage stage : stages) {
            count += stage.agent() != null && !stage.agent().none() ? 1 : 0;
            count += agents(stage.sequence()) + agents(stage.parallel());
        }
        return count;
    }

    Object run() throws Throwable {
        new ModelCheck(build).check(model);
        for (Model.Call call : model.libraries()) {
            step(main, "library", code.arguments(main, call), null, call.place());
        }
        prepare();
        Throwable[] first = new Throwable[1];
        boolean[] postRun = new boolean[1];
        if (model.agent() != null && model.agent().none()) {
            main.context = main.context.withNoAgent(NO_AGENT);
        }
        try {
            inAgent(main, model.agent(), options, () ->
                    inEnvironment(main, model.environment(), () ->
                            inOptions(main, model.options(), () -> {
                                inTools(main, model.tools(), () -> {
                                    first[0] = sequence(main, model.stages(), null);
                                    postRun[0] = true;
                                    first[0] = pipelinePost(first[0]);
                                });
                                if (first[0] != null) {
                                    throw first[0];
                                }
                            })));
        } catch (Throwable error) {
            first[0] = first[0] == null ? error : first[0];
        }
        if (!postRun[0]) {
            build.worsen(Result.of(first[0]));
            first[0] = pipelinePost(first[0]);
        }
        if (first[0] != null) {
            throw first[0];
        }
        return null;
    }

    private Throwable pipelinePost(Throwable error) throws Throwable {
        if (!post.any(model.post(), null, error, null)) {
            return error;
        }
        Throwable[] after = {error};
        Context inside = main.context.withStage(POST_STAGE)
                .withEnvironment(List.of(Map.entry("STAGE_NAME", POST_STAGE)));
        main.within(inside, () -> after[0] = post.run(main, model.post(), null, error, null));
        return after[0];
    }

    /** Options, parameters and triggers are the job's; what matters here is noted. */
    private void prepare() throws Throwable {
        for (Model.Call call : model.options()) {
            List<Object> args = code.arguments(main, call);
            options.put(call.name(), args);
            build.traceOption(call.name(), args);
        }
        for (Model.Call call : model.parameters()) {
            build.variables.declare(new Symbol(call.name(), code.named(main, call, Tables.PARAMETERS.get(call.name()))));
            build.traceOption(call.name(), code.arguments(main, call));
        }
        for (Model.Call call : model.triggers()) {
            build.traceOption(call.name(), code.arguments(main, call));
        }
    }

    // --- stages

    /** Runs stages one after the other; gives the first error, and later stages are skipped because of it. */
    private Throwable sequence(Green green, List<Model.Stage> stages, Throwable before) {
        Throwable first = before;
        for (Model.Stage stage : stages) {
            try {
                stage(green, stage, first);
            } catch (Throwable error) {
                noteError(error);
                first = first == null ? error : first;
            }
        }
        return first;
    }

    /** Being stopped by failFast says nothing about the build: the branch that failed does. */
    private void noteError(Throwable error) {
        if (!(error instanceof Interruption i && i.failFast)) {
            build.worsen(Result.of(error));
        }
    }

    private void stage(Green green, Model.Stage stage, Throwable before) throws Throwable {
        Map<String, Object> record = build.trace.stage(stage.name(), green.context.stages(), stage.place());
        build.log("[Pipeline] stage\n[Pipeline] { (" + stage.name() + ")");
        Context inside = green.context.withStage(stage.name())
                .withEnvironment(List.of(Map.entry("STAGE_NAME", stage.name())));
        green.within(inside, () -> {
            if (before != null) {
                skip(green, stage, record, "skipped due to earlier failure(s)", "earlier failure");
                return;
            }
            if (build.currentResult() == Result.UNSTABLE && options.containsKey("skipStagesAfterUnstable")) {
                skip(green, stage, record, "skipped due to earlier stage(s) marking the build as unstable", "unstable");
                return;
            }
            StageState state = new StageState();
            try {
                enter(green, stage, record, state);
            } catch (Throwable error) {
                noteError(error);
                state.error = state.error == null ? error : state.error;
            }
            if (state.ran && !stage.parallel().isEmpty()) {
                state.error = post.run(green, stage.post(), stage, state.error, build.stageResult(green.context));
            }
            finish(green, record, state);
            if (state.error != null) {
                throw state.error;
            }
        });
    }

    private static final class StageState {
        boolean ran;
        Throwable error;
    }

    private void finish(Green green, Map<String, Object> record, StageState state) {
        if (state.error != null) {
            record.put("status", state.error instanceof Interruption i && i.result == Result.ABORTED ? "aborted" : "failed");
            record.put("reason", Build.message(state.error));
        } else if (state.ran && build.stageResult(green.context) != Result.SUCCESS) {
            record.put("status", build.stageResult(green.context) == Result.UNSTABLE ? "unstable" : "failed");
        }
    }

    /** The order of when, options, input and agent is the pipeline author's to choose. */
    private void enter(Green green, Model.Stage stage, Map<String, Object> record, StageState state) throws Throwable {
        Model.When when = stage.when();
        boolean early = when != null && when.beforeOptions();
        boolean beforeInput = when != null && when.beforeInput();
        boolean beforeAgent = when != null && when.beforeAgent() || !stage.parallel().isEmpty();
        Green.Body work = () -> {
            state.ran = true;
            body(green, stage, state);
        };
        Green.Body atAgent = gated(green, stage, record, !early && !beforeInput && !beforeAgent, work);
        Green.Body agent = () -> inAgent(green, stage.agent(), stageOptions(green, stage), atAgent);
        Green.Body beforeMachine = gated(green, stage, record, !early && !beforeInput && beforeAgent, agent);
        Green.Body input = () -> afterInput(green, stage, beforeMachine);
        Green.Body beforeQuestion = gated(green, stage, record, !early && beforeInput, input);
        Green.Body wrapped = () -> inOptions(green, stage.options(), beforeQuestion);
        gated(green, stage, record, early, wrapped).run();
    }

    private Green.Body gated(Green green, Model.Stage stage, Map<String, Object> record, boolean here, Green.Body then) {
        if (!here || stage.when() == null) {
            return then;
        }
        return () -> {
            Model.Condition failed = new Conditions(green, code).firstFalse(stage.when().conditions());
            if (failed == null) {
                then.run();
            } else {
                skip(green, stage, record, "skipped due to when conditional", "when: " + failed.text());
            }
        };
    }

    private void skip(Green green, Model.Stage stage, Map<String, Object> record, String message, String reason) {
        build.log("Stage \"" + stage.name() + "\" " + message);
        record.put("status", "skipped");
        record.put("reason", reason);
        List<Model.Stage> children = new ArrayList<>(stage.sequence());
        children.addAll(stage.parallel());
        for (Model.Stage child : children) {
            Map<String, Object> inner = build.trace.stage(child.name(), green.context.stages(), child.place());
            Context outer = green.context;
            green.context = outer.withStage(child.name());
            skip(green, child, inner, message, reason);
            green.context = outer;
        }
    }

    private void body(Green green, Model.Stage stage, StageState state) throws Throwable {
        inEnvironment(green, stage.environment(), () -> {
            if (!stage.parallel().isEmpty()) {
                parallel(green, stage);
                return;
            }
            inTools(green, stage.tools(), () -> {
                if (!stage.sequence().isEmpty()) {
                    state.error = sequence(green, stage.sequence(), null);
                } else {
                    steps(green, stage, state);
                }
                state.error = post.run(green, stage.post(), stage, state.error, build.stageResult(green.context));
            });
        });
    }

    private void steps(Green green, Model.Stage stage, StageState state) {
        try {
            code.run(green, stage.steps());
        } catch (Throwable error) {
            noteError(error);
            state.error = error;
        }
    }

    private void parallel(Green green, Model.Stage stage) throws Throwable {
        Map<String, Green.Body> branches = new LinkedHashMap<>();
        for (Model.Stage branch : stage.parallel()) {
            branches.put(branch.name(), () -> stage(Green.current(), branch, null));
        }
        Parallel.run(green, branches, stage.failFast() || options.containsKey("parallelsAlwaysFailFast"));
    }

    // --- what wraps stages

    private void inAgent(Green green, Model.Agent agent, Map<String, List<Object>> options, Green.Body body)
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

    private Map<String, List<Object>> stageOptions(Green green, Model.Stage stage) throws Throwable {
        Map<String, List<Object>> all = new LinkedHashMap<>(options);
        for (Model.Call call : stage.options()) {
            all.put(call.name(), code.arguments(green, call));
        }
        return all;
    }

    private void inEnvironment(Green green, List<Model.Variable> variables, Green.Body body) throws Throwable {
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
    private void inPlain(Green green, List<Model.Variable> variables, int index, Green.Body body) throws Throwable {
        if (index == variables.size()) {
            body.run();
            return;
        }
        Model.Variable variable = variables.get(index);
        String value = String.valueOf(code.value(green, variable.value()));
        Context inside = green.context.withEnvironment(List.of(Map.entry(variable.name(), value)));
        green.within(inside, () -> inPlain(green, variables, index + 1, body));
    }

    private void inOptions(Green green, List<Model.Call> calls, Green.Body body) throws Throwable {
        List<Model.Call> wrappers = calls.stream().filter(c -> Tables.WRAPPERS.contains(c.name())).toList();
        inWrapper(green, wrappers, 0, body);
    }

    private void inWrapper(Green green, List<Model.Call> wrappers, int index, Green.Body body) throws Throwable {
        if (index == wrappers.size()) {
            body.run();
            return;
        }
        Model.Call call = wrappers.get(index);
        step(green, call.name(), code.arguments(green, call), () -> inWrapper(green, wrappers, index + 1, body),
                call.place());
    }

    private void inTools(Green green, Map<String, Integer> tools, Green.Body body) throws Throwable {
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

    private void afterInput(Green green, Model.Stage stage, Green.Body body) throws Throwable {
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
    private Object step(Green green, String name, List<Object> args, Green.Body body, Place place) throws Throwable {
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
