package harness;

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
    private final Wrappers around;
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
        this.around = new Wrappers(build, code);
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
            around.step(main, "library", code.arguments(main, call), null, call.place());
        }
        prepare();
        Throwable[] first = new Throwable[1];
        boolean[] postRun = new boolean[1];
        if (model.agent() != null && model.agent().none()) {
            main.context = main.context.withNoAgent(NO_AGENT);
        }
        try {
            around.inAgent(main, model.agent(), options, () ->
                    around.inEnvironment(main, model.environment(), () ->
                            around.inOptions(main, model.options(), () -> {
                                around.inTools(main, model.tools(), () -> {
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
        Green.Body agent = () -> around.inAgent(green, stage.agent(), stageOptions(green, stage), atAgent);
        Green.Body beforeMachine = gated(green, stage, record, !early && !beforeInput && beforeAgent, agent);
        Green.Body input = () -> around.afterInput(green, stage, beforeMachine);
        Green.Body beforeQuestion = gated(green, stage, record, !early && beforeInput, input);
        Green.Body wrapped = () -> around.inOptions(green, stage.options(), beforeQuestion);
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
        around.inEnvironment(green, stage.environment(), () -> {
            if (!stage.parallel().isEmpty()) {
                parallel(green, stage);
                return;
            }
            around.inTools(green, stage.tools(), () -> {
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

    private Map<String, List<Object>> stageOptions(Green green, Model.Stage stage) throws Throwable {
        Map<String, List<Object>> all = new LinkedHashMap<>(options);
        for (Model.Call call : stage.options()) {
            all.put(call.name(), code.arguments(green, call));
        }
        return all;
    }

    private void parallel(Green green, Model.Stage stage) throws Throwable {
        Map<String, Green.Body> branches = new LinkedHashMap<>();
        for (Model.Stage branch : stage.parallel()) {
            branches.put(branch.name(), () -> stage(Green.current(), branch, null));
        }
        Parallel.run(green, branches, stage.failFast() || options.containsKey("parallelsAlwaysFailFast"));
    }
}
