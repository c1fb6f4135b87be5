package harness;

import com.cloudbees.groovy.cps.Continuable;
import groovy.lang.Closure;
import groovy.lang.GString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** From a name and arguments in Groovy to a step that runs, or to a refusal that says what and where. */
final class Steps {
    private final Build build;

    Steps(Build build) {
        this.build = build;
    }

    /** Called by the script: suspends the program with the call, or gives a symbol's value at once. */
    Object call(String name, Object[] args) {
        Step step = StepTable.STEPS.get(name);
        if (step == null && !name.equals("pipeline") && Tables.SYMBOLS.containsKey(name)) {
            return symbol(name, args);
        }
        boolean fromPlainGroovy = !name.equals(SandboxInvoker.callInProgress());
        if (step != null && step.immediate() && fromPlainGroovy) {
            try {
                return invoke(Green.current(), new StepCall(name, args), List.of(SandboxInvoker.lastPlace()));
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
        return Continuable.suspend(name, new StepCall(name, args));
    }

    private Symbol symbol(String name, Object[] args) {
        Params params = Tables.SYMBOLS.get(name);
        try {
            return new Symbol(name, arguments(name, params, args, new ArrayList<>()));
        } catch (Fault fault) {
            throw build.refuse(fault.kind, fault.getMessage());
        }
    }

    Object invoke(Green green, StepCall call, List<Place> stack) throws Throwable {
        build.countStep(stack);
        if (call.name().equals("pipeline")) {
            return new Interpreter(green, call.args()).run();
        }
        if (call.name().equals("parallel")) {
            return Parallel.step(green, call.args(), stack);
        }
        Step step = StepTable.STEPS.get(call.name());
        if (step == null) {
            throw build.refuse("step", "unknown step '" + call.name() + "'", stack);
        }
        build.requirePlugin(step.plugin(), "step '" + call.name() + "'", stack);
        return invoke(green, call.name(), step, call.args(), stack);
    }

    private Object invoke(Green green, String name, Step step, Object[] given, List<Place> stack) throws Throwable {
        Object[] args = given;
        Closure<?> body = null;
        if (args.length > 0 && args[args.length - 1] instanceof Closure<?> closure) {
            body = closure;
            args = Arrays.copyOf(args, args.length - 1);
        }
        List<String> interpolated = new ArrayList<>();
        Map<String, Object> arguments;
        try {
            arguments = arguments(name, step.params(), args, interpolated);
        } catch (Fault fault) {
            throw build.refuse(fault.kind, fault.getMessage(), stack);
        }
        checkBlock(name, step, body, stack);
        Map<String, Object> record = build.trace.step(name, green, arguments, stack);
        warnOfInterpolation(green, name, interpolated, record);
        if (step.machine() && green.context.agent() == null) {
            throw build.fail(record, new Abort(noMachine(green, name)));
        }
        Object label = arguments.get("label");
        build.console.line(green.context.secrets(),
                "[Pipeline] " + name + (name.equals("sh") && label != null ? " (" + label + ")" : ""));
        try {
            return step.action().run(new Invocation(green, name, arguments, body, record));
        } catch (Throwable error) {
            throw build.fail(record, error);
        }
    }

    private void checkBlock(String name, Step step, Closure<?> body, List<Place> stack) {
        if (step.block() && body == null) {
            throw build.refuse("step", name + " step must be called with a body", stack);
        }
        if (!step.block() && body != null) {
            throw build.refuse("step", name + " takes no block", stack);
        }
    }

    private static String noMachine(Green green, String name) {
        String reason = green.context.noAgent();
        return reason != null
                ? reason
                : "Required context class hudson.FilePath is missing: step '" + name + "' needs a node { … } around it";
    }

    /** Jenkins' own warning: the secret stands in the text the shell gets, not in its environment. */
    private void warnOfInterpolation(Green green, String name, List<String> texts, Map<String, Object> record) {
        List<String> variables = texts.stream()
                .flatMap(t -> green.context.secrets().variablesIn(t).stream()).distinct().toList();
        if (!variables.isEmpty()) {
            record.put("interpolated", variables);
            build.console.line(green.context.secrets(), "Warning: A secret was passed to \"" + name
                    + "\" using Groovy String interpolation, which is insecure. Affected argument(s) used the following"
                    + " variable(s): " + variables);
        }
    }

    /** Arguments by name, checked; GStrings become strings, and are remembered. */
    private Map<String, Object> arguments(String name, Params params, Object[] args, List<String> interpolated) {
        Map<String, Object> named = new LinkedHashMap<>();
        int positional = 0;
        if (args.length == 1 && args[0] instanceof Map<?, ?> map && isNamed(params, map)) {
            map.forEach((k, v) -> named.put(String.valueOf(k), plain(v, interpolated)));
        } else {
            positional = args.length;
            if (positional == 1 && args[0] == null && params.types().isEmpty()) {
                positional = 0;
            }
            if (positional == 1 && params.sole() != null) {
                named.put(params.sole(), plain(args[0], interpolated));
            }
        }
        List<String> keys = positional == 0 ? List.copyOf(named.keySet()) : List.of();
        List<String> problems = new ArrayList<>(params.problems(positional, keys));
        named.forEach((key, value) -> {
            String wrong = params.types().containsKey(key) ? params.wrongType(key, value) : null;
            if (wrong != null) {
                problems.add(wrong);
            }
        });
        if (!problems.isEmpty()) {
            throw new Fault("step", name + ": " + String.join("; ", problems));
        }
        return named;
    }

    private static boolean isNamed(Params params, Map<?, ?> map) {
        List<String> keys = map.keySet().stream().map(String::valueOf).toList();
        return !params.takesMap(keys) && map.keySet().stream().allMatch(k -> k instanceof CharSequence);
    }

    private static Object plain(Object value, List<String> interpolated) {
        if (value instanceof GString g) {
            interpolated.add(g.toString());
            return g.toString();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(v -> plain(v, interpolated)).collect(Collectors.toCollection(ArrayList::new));
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((k, v) -> copy.put(String.valueOf(k), plain(v, interpolated)));
            return copy;
        }
        return value;
    }
}
