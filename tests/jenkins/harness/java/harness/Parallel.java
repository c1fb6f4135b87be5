package harness;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Branches that run side by side, each a thread that holds the baton between its waits. */
final class Parallel {
    private Parallel() {}

    /** The scripted step: {@code parallel a: { … }, b: { … }, failFast: true}. */
    static Object step(Green green, Object[] args, List<Place> stack) throws Throwable {
        if (args.length != 1 || !(args[0] instanceof Map<?, ?> given)) {
            throw green.build.refuse("step", "parallel: expected branches by name", stack);
        }
        boolean failFast = false;
        Map<String, Green.Body> branches = new LinkedHashMap<>();
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> each : given.entrySet()) {
            String name = String.valueOf(each.getKey());
            if (each.getValue() instanceof Closure<?> body) {
                branches.put(name, () -> values.put(name, Green.current().call(body)));
            } else if (name.equals("failFast") && each.getValue() instanceof Boolean flag) {
                failFast = flag;
            } else {
                throw green.build.refuse("step",
                        "Expected a closure or failFast but found " + name + "=" + each.getValue(), stack);
            }
        }
        Map<String, Object> record = green.build.trace.step(
                "parallel", green, Map.of("branches", List.copyOf(branches.keySet()), "failFast", failFast), stack);
        try {
            run(green, branches, failFast);
            return values;
        } catch (Throwable error) {
            throw green.build.fail(record, error);
        }
    }

    private static final class Branch {
        final String name;
        final Scope scope;
        Thread thread;
        volatile boolean done;

        Branch(String name, Scope scope) {
            this.name = name;
            this.scope = scope;
        }
    }

    /** Runs all branches to their ends; throws the first failure, or with failFast the one that stopped the others. */
    static void run(Green parent, Map<String, Green.Body> bodies, boolean failFast) throws Throwable {
        Build build = parent.build;
        List<Branch> branches = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (Map.Entry<String, Green.Body> each : bodies.entrySet()) {
            Branch branch = new Branch(each.getKey(), new Scope(parent.context.scope()));
            branches.add(branch);
            Green green = new Green(build, parent.context.withScope(branch.scope).withBlock("parallel " + branch.name));
            branch.thread = new Thread(() -> {
                try {
                    green.own(each.getValue());
                } catch (Throwable error) {
                    synchronized (failures) {
                        failures.add(error);
                        build.console.line(green.context.secrets(), "Failed in branch " + branch.name);
                        if (failFast && failures.size() == 1) {
                            stopOthers(branches, branch);
                        }
                    }
                } finally {
                    branch.done = true;
                }
            }, "branch " + branch.name);
            branch.thread.setDaemon(true);
        }
        branches.forEach(b -> build.startQueued(b.thread)); // so they begin in the order they are written
        join(parent, branches);
        parent.pendingInterruption();
        if (!failures.isEmpty()) {
            throw failFast ? failures.get(0) : worst(failures);
        }
    }

    private static void stopOthers(List<Branch> branches, Branch failed) {
        for (Branch other : branches) {
            if (other != failed) {
                other.scope.cancel(new Interruption(Result.ABORTED, "Failed in branch " + failed.name, true, true));
            }
        }
    }

    /** Waits for every branch even when stopped itself: what stops the parent stops the branches too. */
    private static void join(Green parent, List<Branch> branches) {
        parent.build.giveBaton();
        try {
            for (Branch branch : branches) {
                while (!branch.done) {
                    branch.thread.join(50);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            parent.build.takeBaton();
        }
    }

    /** Any failure is worse than having been stopped. */
    private static Throwable worst(List<Throwable> failures) {
        return failures.stream().filter(f -> !(f instanceof Interruption)).findFirst().orElse(failures.get(0));
    }
}
