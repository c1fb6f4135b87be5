package harness;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Steps that say what runs next, or that only speak. */
final class FlowSteps {
    private FlowSteps() {}

    static Object plainBlock(Invocation in) throws Throwable {
        return in.body();
    }

    static Object recorded(Invocation in) {
        return null;
    }

    static Object echo(Invocation in) {
        in.log(in.text("message"));
        return null;
    }

    static Object error(Invocation in) {
        throw new Abort(in.text("message"));
    }

    static Object unstable(Invocation in) {
        in.log("WARNING: " + in.text("message"));
        in.build().worsen(Result.UNSTABLE);
        in.build().markStage(in.context(), Result.UNSTABLE);
        return null;
    }

    static Object catchError(Invocation in) throws Throwable {
        return caught(in, Result.of(in.text("buildResult", "FAILURE")), Result.of(in.text("stageResult", "SUCCESS")));
    }

    static Object warnError(Invocation in) throws Throwable {
        return caught(in, Result.UNSTABLE, Result.UNSTABLE);
    }

    private static Object caught(Invocation in, Result build, Result stage) throws Throwable {
        try {
            in.body();
        } catch (Throwable error) {
            if (error instanceof Interruption && !in.flag("catchInterruptions", true)) {
                throw error;
            }
            if (in.text("message") != null) {
                in.log(in.text("message"));
            }
            in.log("ERROR: " + Build.message(error));
            if (build != Result.SUCCESS) {
                in.build().worsen(build);
            }
            in.build().markStage(in.context(), stage);
        }
        return null;
    }

    static Object retry(Invocation in) throws Throwable {
        long left = in.number("count", 1);
        boolean onlyForMachines = !in.list("conditions").isEmpty();
        while (true) {
            try {
                return in.body();
            } catch (Throwable error) {
                boolean stopped = error instanceof Interruption i && i.actual;
                if (--left <= 0 || stopped || onlyForMachines) {
                    throw error;
                }
                in.log("ERROR: " + Build.message(error));
                in.log("Retrying");
            }
        }
    }

    static Object timeout(Invocation in) throws Throwable {
        return timeout(in, () -> in.body(in.context().withScope(timer(in))));
    }

    interface Work {
        Object run() throws Throwable;
    }

    private static Scope timer(Invocation in) {
        TimeUnit unit = unit(in, TimeUnit.MINUTES);
        in.log("Timeout set to expire in " + in.number("time", 0) + " " + unit.name().toLowerCase());
        long millis = Math.max(1, unit.toMillis(in.number("time", 0)));
        return new Scope(in.context().scope(), millis, "Timeout has been exceeded");
    }

    private static Object timeout(Invocation in, Work work) throws Throwable {
        try {
            return work.run();
        } catch (Interruption stop) {
            if (!"Timeout has been exceeded".equals(stop.getMessage())) {
                throw stop;
            }
            in.log("Cancelling nested steps due to timeout");
            throw new Interruption(stop.result, stop.getMessage(), false, false);
        }
    }

    private static TimeUnit unit(Invocation in, TimeUnit otherwise) {
        String name = in.text("unit");
        try {
            return name == null ? otherwise : TimeUnit.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw in.build().refuse("step", in.name() + ": unknown unit \"" + name + "\"");
        }
    }

    static Object sleep(Invocation in) throws Exception {
        long millis = unit(in, TimeUnit.SECONDS).toMillis(in.number("time", 0));
        in.log("Sleeping for " + millis / 1000 + " sec");
        if (in.build().request.flag("skip_sleep")) {
            return null;
        }
        long end = System.nanoTime() + millis * 1_000_000;
        in.green().await(() -> {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left > 0) {
                Thread.sleep(Math.min(left, 20));
            }
            return left <= 0;
        });
        return null;
    }

    static Object waitUntil(Invocation in) throws Throwable {
        long pause = in.number("initialRecurrencePeriod", 250);
        while (true) {
            Object done = in.body();
            if (!(done instanceof Boolean)) {
                throw new Abort("body return value " + done + " is not boolean");
            }
            if ((Boolean) done) {
                return null;
            }
            long end = System.nanoTime() + pause * 1_000_000;
            in.green().await(() -> {
                Thread.sleep(5);
                return System.nanoTime() > end;
            });
            pause = Math.min(15_000, pause * 6 / 5);
        }
    }

    static Object stage(Invocation in) throws Throwable {
        String name = in.text("name");
        in.log("[Pipeline] { (" + name + ")");
        Place place = Place.NOWHERE;
        Map<String, Object> stage = in.build().trace.stage(name, in.context().stages(), place);
        stage.put("place", in.record().get("place"));
        Context inside = in.context().withStage(name).withEnvironment(List.of(Map.entry("STAGE_NAME", name)));
        try {
            return in.body(inside);
        } catch (Throwable error) {
            stage.put("status", error instanceof Interruption ? "aborted" : "failed");
            throw error;
        }
    }

    static Object withEnv(Invocation in) throws Throwable {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        for (Object each : in.list("overrides")) {
            String pair = String.valueOf(each);
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(pair);
            }
            pairs.add(Map.entry(pair.substring(0, equals), pair.substring(equals + 1)));
        }
        return in.body(in.context().withEnvironment(pairs));
    }

    /** Answers come with the request: by the input's id, or its message. */
    static Object input(Invocation in) {
        String id = in.text("id");
        Map<String, Object> answers = in.build().request.map("inputs");
        Object answer = id != null && answers.containsKey(id) ? answers.get(id) : answers.get(in.text("message"));
        if (!(answer instanceof Map<?, ?> given)) {
            throw in.build().refuse("harness", "no answer given for input \"" + in.text("message") + "\"");
        }
        in.record().put("answer", given);
        in.log(in.text("message"));
        if (Boolean.TRUE.equals(given.get("abort"))) {
            throw new Interruption(Result.ABORTED, "Rejected by " + given.get("submitter"), false, true);
        }
        return answerOf(in, given);
    }

    private static Object answerOf(Invocation in, Map<?, ?> given) {
        Map<String, Object> values = new LinkedHashMap<>();
        Object chosen = given.get("values");
        for (Object each : in.list("parameters")) {
            if (each instanceof Symbol parameter) {
                String name = parameter.text("name");
                boolean said = chosen instanceof Map<?, ?> map && map.containsKey(name);
                values.put(name, said ? ((Map<?, ?>) chosen).get(name) : Variables.defaultOf(parameter));
            }
        }
        if (in.text("submitterParameter") != null) {
            values.put(in.text("submitterParameter"), given.get("submitter"));
        }
        return values.isEmpty() ? null : values.size() == 1 ? values.values().iterator().next() : values;
    }

    /** Downstream results come with the request; SUCCESS when it names none. */
    static Object build(Invocation in) {
        Object given = in.build().request.map("downstream").getOrDefault(in.text("job"), "SUCCESS");
        Result result = Result.of(given);
        in.record().put("result", result.name());
        if (in.flag("wait", true) && in.flag("propagate", true) && result != Result.SUCCESS) {
            throw new Abort(in.text("job") + " #1 completed with status " + result + " (propagate: false to ignore)");
        }
        return in.flag("wait", true) ? new Downstream(in.text("job"), result.name()) : null;
    }

    /** What {@code build} gives back: the few properties pipelines read. */
    public static final class Downstream implements Serializable {
        private static final long serialVersionUID = 1;
        private final String job;
        private final String result;

        Downstream(String job, String result) {
            this.job = job;
            this.result = result;
        }

        public String getProjectName() {
            return job;
        }

        public String getResult() {
            return result;
        }

        public String getCurrentResult() {
            return result;
        }

        public int getNumber() {
            return 1;
        }
    }
}
