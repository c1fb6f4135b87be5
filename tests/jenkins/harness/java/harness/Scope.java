package harness;

/** What can be stopped as one: a build, a timeout's body, one branch of a parallel. */
final class Scope {
    final Scope parent;
    private volatile Interruption cancelled;
    private final long deadline;
    private final String late;

    Scope(Scope parent) {
        this(parent, 0, null);
    }

    /** A scope that ends itself {@code millis} from now; 0 means never. */
    Scope(Scope parent, long millis, String late) {
        this.parent = parent;
        this.deadline = millis > 0 ? System.nanoTime() + millis * 1_000_000 : 0;
        this.late = late;
    }

    void cancel(Interruption why) {
        if (cancelled == null) {
            cancelled = why;
        }
    }

    Interruption cancelled() {
        if (cancelled == null && deadline != 0 && System.nanoTime() - deadline > 0) {
            cancelled = new Interruption(Result.ABORTED, late, false, true);
        }
        return cancelled;
    }
}
