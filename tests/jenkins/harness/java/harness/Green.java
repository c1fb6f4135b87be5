package harness;

import com.cloudbees.groovy.cps.Continuable;
import com.cloudbees.groovy.cps.Continuation;
import com.cloudbees.groovy.cps.Env;
import com.cloudbees.groovy.cps.Envs;
import com.cloudbees.groovy.cps.Next;
import com.cloudbees.groovy.cps.Outcome;
import com.cloudbees.groovy.cps.impl.ConstantBlock;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation;
import com.cloudbees.groovy.cps.impl.SourceLocation;
import com.cloudbees.groovy.cps.impl.ThrowBlock;
import groovy.lang.Closure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.codehaus.groovy.runtime.GroovyCategorySupport;

/**
 * One thread of a pipeline: the main one or a branch of {@code parallel}.
 * Only the holder of the build's baton runs Groovy, so branches interleave at steps, as on a controller.
 */
final class Green {
    private static final ThreadLocal<Green> CURRENT = new ThreadLocal<>();
    private static final List<Class> CATEGORIES = categories();

    /** A suspended body: the two values a controller writes to disk. */
    static final class Frame {
        Env e;
        Continuation k;
    }

    final Build build;
    final Deque<Frame> frames = new ArrayDeque<>();
    Context context;
    private final Set<Scope> delivered = Collections.newSetFromMap(new IdentityHashMap<>());

    Green(Build build, Context context) {
        this.build = build;
        this.context = context;
    }

    static Green current() {
        return CURRENT.get();
    }

    private static List<Class> categories() {
        List<Class> all = new ArrayList<>(Continuable.categories);
        all.add(SerializableIterators.class);
        return all;
    }

    /** Runs {@code body} as this thread, holding the baton. */
    void own(Body body) throws Throwable {
        build.takeBaton();
        CURRENT.set(this);
        build.greens.add(this);
        CpsCallableInvocation.registerMismatchHandler(build::mismatch);
        try {
            body.run();
        } finally {
            CpsCallableInvocation.registerMismatchHandler(null);
            build.greens.remove(this);
            CURRENT.remove();
            build.giveBaton();
        }
    }

    /** Something that may fail with anything: a piece of pipeline. */
    interface Body {
        void run() throws Throwable;
    }

    /** Runs {@code body} in {@code inner} and comes back to the context of before. */
    void within(Context inner, Body body) throws Throwable {
        Context outer = context;
        context = inner;
        try {
            body.run();
        } finally {
            context = outer;
        }
    }

    /** Runs a closure of the pipeline to its end, each step in between, and gives its value. */
    Object call(Closure<?> closure, Object... args) throws Throwable {
        return drive(() -> closure.call(args));
    }

    interface Start {
        Object call() throws Throwable;
    }

    /** Runs what {@code start} starts: plain Groovy returns, transformed Groovy throws its first call. */
    Object drive(Start start) throws Throwable {
        Next next;
        try {
            return start.call();
        } catch (CpsCallableInvocation first) {
            next = first.invoke(Envs.empty(SandboxInvoker.TRUSTED), null, Continuation.HALT);
        }
        Frame frame = new Frame();
        frames.push(frame);
        try {
            while (true) {
                Next stopped = advance(next);
                if (stopped.e == null) {
                    return stopped.yield.replay();
                }
                frame.e = stopped.e;
                frame.k = stopped.k;
                next = outcomeOf(stopped).resumeFrom(frame.e, frame.k);
            }
        } finally {
            frames.pop();
        }
    }

    private Next advance(Next from) {
        return GroovyCategorySupport.use(CATEGORIES, new Closure<Next>(null) {
            private static final long serialVersionUID = 1;

            @Override
            public Next call() {
                Next next = from;
                while (next.yield == null) {
                    Interruption stop = pendingInterruption();
                    if (stop != null) {
                        Continuation ignored = Continuation.HALT;
                        next = new Next(
                                new ThrowBlock(SourceLocation.UNKNOWN, new ConstantBlock(stop), false), next.e, ignored);
                    }
                    next = next.step();
                }
                return next;
            }
        });
    }

    private Outcome outcomeOf(Next stopped) {
        StepCall call = (StepCall) stopped.yield.getNormal();
        List<Place> stack = build.places(frames);
        try {
            build.checkState(call.name(), stack);
            return new Outcome(build.steps.invoke(this, call, stack), null);
        } catch (Throwable error) {
            return new Outcome(null, error);
        }
    }

    /** The innermost stop not yet delivered to this thread: each is thrown once, as Jenkins does. */
    Interruption pendingInterruption() {
        for (Scope scope = context.scope(); scope != null; scope = scope.parent) {
            Interruption stop = scope.cancelled();
            if (stop != null && delivered.add(scope)) {
                return stop;
            }
        }
        return null;
    }

    interface Question {
        boolean done() throws Exception;
    }

    /** Waits without the baton until {@code question} says so; throws when this thread is stopped. */
    void await(Question question) throws Exception {
        build.giveBaton();
        try {
            while (!question.done()) {
                Interruption stop = pendingInterruption();
                if (stop != null) {
                    throw stop;
                }
            }
        } finally {
            build.takeBaton();
        }
    }
}
