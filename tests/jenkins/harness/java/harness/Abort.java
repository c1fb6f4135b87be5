package harness;

/** A step's ordinary failure: a message for the user, no stack trace. */
final class Abort extends RuntimeException {
    private static final long serialVersionUID = 1;

    Abort(String message) {
        super(message);
    }
}
