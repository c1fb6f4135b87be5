package harness;

/** Build results, best first: the order in which a build may only get worse. */
enum Result {
    SUCCESS,
    UNSTABLE,
    FAILURE,
    NOT_BUILT,
    ABORTED;

    Result worst(Result other) {
        return other != null && other.ordinal() > ordinal() ? other : this;
    }

    static Result of(Object text) {
        try {
            return valueOf(String.valueOf(text));
        } catch (IllegalArgumentException e) {
            throw Green.current().build.refuse("step", "unknown build result '" + text + "'");
        }
    }

    static Result of(Throwable error) {
        return error instanceof Interruption i ? i.result : FAILURE;
    }
}
