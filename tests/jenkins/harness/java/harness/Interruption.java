package harness;

/**
 * A running step was stopped: by a timeout, by failFast, by a refused input.
 * {@code actual} when the very code that sees it is being stopped; a timeout that has done its work is not.
 */
final class Interruption extends RuntimeException {
    private static final long serialVersionUID = 1;
    final Result result;
    final boolean failFast;
    final boolean actual;

    Interruption(Result result, String message, boolean failFast, boolean actual) {
        super(message);
        this.result = result;
        this.failFast = failFast;
        this.actual = actual;
    }

    public String getResult() {
        return result.name();
    }
}
