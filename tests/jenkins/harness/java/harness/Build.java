package harness;

import groovy.lang.Binding;
import groovy.lang.Script;
import java.io.IOException;
import java.io.NotSerializableException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.codehaus.groovy.runtime.InvokerHelper;

/** One run of one pipeline, from its request to its trace. */
final class Build {
    final Request request;
    final Trace trace = new Trace();
    final Console console = new Console();
    final Binding binding = new Binding();
    final Steps steps = new Steps(this);
    final Libraries libraries = new Libraries(this);
    final List<Green> greens = new ArrayList<>();
    final Variables variables;
    final Credentials credentials;
    final Workspaces workspaces;
    final CurrentBuild currentBuild;
    final Processes processes = new Processes();
    Result result;
    Model.Pipeline model;

    private final Semaphore baton = new Semaphore(1, true);
    private final Set<String> plugins;
    private final Set<Throwable> reported = new HashSet<>();
    private final Set<String> reportedStates = new HashSet<>();
    private final List<Map<String, Object>> failedSteps = new ArrayList<>();
    private final Map<String, Result> stageResults = new LinkedHashMap<>();
    private long stepsLeft;

    Build(Request request) {
        this.request = request;
        this.variables = new Variables(this);
        this.credentials = new Credentials(request);
        this.workspaces = new Workspaces(this);
        this.currentBuild = new CurrentBuild(this);
        this.plugins = request.json().get("plugins") == null ? null : allowed(request.texts("plugins"));
        this.stepsLeft = request.number("step_limit");
    }

    private static Set<String> allowed(List<String> named) {
        Set<String> all = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(named);
        while (!open.isEmpty()) {
            String plugin = open.remove(0);
            if (all.add(plugin)) {
                open.addAll(Tables.BRINGS.getOrDefault(plugin, List.of()));
            }
        }
        return all;
    }

    /** Runs the pipeline to its end; everything that can go wrong is in the answer. */
    Map<String, Object> run() {
        Scope scope = new Scope(null, request.number("timeout_ms"), "the run took longer than the harness allows");
        try {
            Class<?> type = compile();
            workspaces.prepare(model == null ? 2 : Interpreter.agents(model));
            Context context = new Context(List.of(), null, null, Secrets.NONE, scope, List.of(), List.of(), null);
            Green main = new Green(this, context);
            main.own(() -> {
                Script script = InvokerHelper.createScript(type, binding);
                main.drive(script::run);
            });
        } catch (Rejected rejected) {
            trace.problems.addAll(rejected.problems);
            rejected.problems.forEach(p -> log(p.place() + ": " + p.message()));
            worsen(Result.FAILURE);
        } catch (Throwable error) {
            worsen(Result.of(error));
            report(error);
        } finally {
            processes.stopAll();
            workspaces.close();
        }
        if (result == null) {
            result = Result.SUCCESS;
        }
        boolean refused = trace.problems.stream().anyMatch(p -> !p.kind().equals("failure"));
        if (refused) {
            worsen(Result.FAILURE);
        }
        log("Finished: " + result);
        Map<String, Object> answer = trace.toMap();
        answer.put("result", result.name());
        answer.put("console", console.toString());
        answer.put("description", currentBuild.getDescription());
        answer.put("display_name", currentBuild.getDisplayName());
        answer.put("leaked", credentials.leaks(console.toString(), trace));
        return answer;
    }

    private Class<?> compile() throws Rejected, IOException {
        String name = request.text("file");
        String text = request.text("text");
        for (String implicit : request.texts("implicit")) {
            libraries.load(implicit, name);
        }
        // A file's steps are checked against its libraries' names, so those are read before it is compiled.
        LibraryNames named = LibraryNames.in(text, name);
        for (String wanted : named.loaded()) {
            libraries.load(wanted, name);
        }
        Set<String> later = libraries.namesIn(named.announced());
        Compiler.Jenkinsfile file =
                Compiler.jenkinsfile(text, name, libraries.loader(), n -> libraries.has(n) || later.contains(n));
        model = file.pipeline();
        return file.type();
    }

    /** What a bare name means when no variable of the program has it. */
    Object globalVariable(String name) {
        Object library = libraries.variable(name);
        return library != null ? library : variables.global(name);
    }

    // --- results and problems

    void worsen(Result to) {
        result = result == null ? to : result.worst(to);
    }

    Result currentResult() {
        return result == null ? Result.SUCCESS : result;
    }

    void log(String message) {
        Green green = Green.current();
        console.line(green == null ? Secrets.NONE : green.context.secrets(), message);
    }

    /** Notes a refusal, which fails the run whatever the pipeline does with it, and gives it for throwing. */
    Fault refuse(String kind, String message, List<Place> stack) {
        Place place = stack.isEmpty() ? SandboxInvoker.lastPlace() : stack.get(0);
        Fault fault = new Fault(kind, message + at(place), place);
        trace.problems.add(new Problem(kind, message + at(place), place, stack));
        reported.add(fault);
        log("ERROR: " + fault.getMessage());
        return fault;
    }

    /** The same for problems that have their places already. */
    Fault refuseAll(List<Problem> problems) {
        trace.problems.addAll(problems);
        problems.forEach(p -> log("ERROR: " + p.place() + ": " + p.message()));
        Fault fault = new Fault(problems.get(0).kind(), problems.get(0).message(), problems.get(0).place());
        reported.add(fault);
        return fault;
    }

    Fault refuse(String kind, String message) {
        return refuse(kind, message, List.of(place(SandboxInvoker.lastPlace())));
    }

    private static String at(Place place) {
        return place.toString().isEmpty() ? "" : " at " + place;
    }

    /** Notes in the step's record why it failed, and gives the error for throwing. */
    <T extends Throwable> T fail(Map<String, Object> record, T error) {
        record.put("error", message(error));
        failedSteps.add(record);
        return error;
    }

    static String message(Throwable error) {
        return error.getMessage() == null ? error.getClass().getName() : error.getMessage();
    }

    /** Notes the error that ends the build, once. */
    private void report(Throwable error) {
        if (!reported.add(error)) {
            return;
        }
        List<Place> stack = new ArrayList<>();
        for (StackTraceElement frame : error.getStackTrace()) {
            String file = frame.getFileName();
            if (file != null && frame.getLineNumber() > 0 && isSource(file)) {
                stack.add(place(new Place(file, frame.getLineNumber(), 0)));
            }
        }
        String kind = "failure";
        if (error instanceof Abort || error instanceof Interruption) {
            stack = failedSteps.stream().filter(s -> message(error).equals(s.get("error"))).findFirst()
                    .map(Build::stackOf).orElse(stack);
            log("ERROR: " + message(error));
        } else {
            log(error + (stack.isEmpty() ? "" : "\n\tat " + stack.get(0)));
        }
        String text = error instanceof Abort || error instanceof Interruption || error instanceof Fault
                ? message(error) : error.toString();
        trace.problems.add(new Problem(kind, text, stack.isEmpty() ? Place.NOWHERE : stack.get(0), stack));
    }

    @SuppressWarnings("unchecked")
    private static List<Place> stackOf(Map<String, Object> step) {
        return ((List<String>) step.get("stack")).stream().map(text -> {
            int colon = text.lastIndexOf(':');
            return colon < 0 ? new Place(text, 0, 0)
                    : new Place(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)), 0);
        }).toList();
    }

    /** The engine's report that a call did not reach what it named: on a controller the build goes wrong quietly. */
    void mismatch(Object expectedReceiver, String expected, Object actualReceiver, String actual) {
        String message = "expected to call " + typeOf(expectedReceiver) + "." + expected
                + " but wound up catching " + typeOf(actualReceiver) + "." + actual;
        Place place = place(SandboxInvoker.lastPlace());
        trace.problems.add(new Problem("cps", message + at(place), place));
        log("ERROR: " + message + at(place));
    }

    private static String typeOf(Object value) {
        return value == null ? "null" : value.getClass().getName();
    }

    // --- what a controller does between steps

    /** Writes the whole program's state as a controller does when a step starts. */
    void checkState(String step, List<Place> stack) {
        List<Green.Frame> all = new ArrayList<>();
        greens.forEach(green -> all.addAll(green.frames));
        try {
            StateCheck.write(all);
        } catch (NotSerializableException e) {
            String path = StateCheck.path(all, e.getMessage());
            String message = "NotSerializableException: " + e.getMessage()
                    + (path == null ? "" : " in " + path) + ", alive while step '" + step + "' runs";
            if (reportedStates.add(e.getMessage() + stack)) {
                throw refuse("serialization", message, stack);
            }
        } catch (IOException e) {
            throw refuse("serialization", "the program's state cannot be saved: " + e, stack);
        }
    }

    void countStep(List<Place> stack) {
        if (--stepsLeft < 0) {
            throw refuse("harness", "more steps than the harness allows", stack);
        }
    }

    void requirePlugin(String plugin, String what, List<Place> stack) {
        if (plugins != null && !plugin.equals("core") && !plugins.contains(plugin)) {
            throw refuse("plugin", what + " needs the plugin '" + plugin + "', which is not on the list", stack);
        }
    }

    // --- what the trace is told

    /** What a step made of its stage, apart from the build. */
    void markStage(Context context, Result stage) {
        if (!context.stages().isEmpty()) {
            stageResults.merge(String.join("/", context.stages()), stage, Result::worst);
        }
    }

    Result stageResult(Context context) {
        return stageResults.getOrDefault(String.join("/", context.stages()), Result.SUCCESS);
    }

    void traceAgent(Agent agent, Map<String, Object> fields, Context context) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("kind", agent.kind());
        record.put("fields", context.secrets().maskDeep(fields));
        record.put("workspace", agent.workspace().toString());
        record.put("stage", String.join("/", context.stages()));
        trace.agents.add(record);
    }

    void traceOption(String name, List<Object> args) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("name", name);
        record.put("arguments", Secrets.NONE.maskDeep(args));
        trace.options.add(record);
    }

    /** A file of what was checked in, as the controller reads it before there is a machine. */
    String workspaceText(String file) throws IOException {
        return java.nio.file.Files.readString(request.path("workspace").resolve(file));
    }

    void takeBaton() {
        baton.acquireUninterruptibly();
    }

    void giveBaton() {
        baton.release();
    }

    /** Starts a thread whose first act is to take the baton; comes back when it stands in the queue for it. */
    void startQueued(Thread thread) {
        int before = baton.getQueueLength();
        thread.start();
        while (baton.getQueueLength() <= before && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    // --- places

    /** Where the innermost suspended call of a thread stands, and who called that. */
    List<Place> places(Deque<Green.Frame> frames) {
        List<Place> places = new ArrayList<>();
        for (Green.Frame frame : frames) {
            List<StackTraceElement> stack = new ArrayList<>();
            frame.e.buildStackTraceElements(stack, Integer.MAX_VALUE);
            for (StackTraceElement element : stack) {
                if (element.getFileName() != null && element.getLineNumber() > 0) {
                    places.add(place(new Place(element.getFileName(), element.getLineNumber(), 0)));
                }
            }
        }
        return places;
    }

    private boolean isSource(String file) {
        return file.endsWith(".groovy") || file.equals(simpleName(request.text("file")));
    }

    private static String simpleName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private Place place(Place raw) {
        String file = raw.file();
        if (file.equals(simpleName(request.text("file")))) {
            file = request.text("file");
        } else if (file.endsWith(".groovy")) {
            String name = file.substring(0, file.length() - ".groovy".length());
            if (libraries.has(name)) {
                file = "vars/" + file;
            }
        }
        return new Place(file, raw.line(), raw.column());
    }
}
