package harness;

/**
 * One step: the plugin that brings it, what it takes, whether it wraps a block, whether it needs a machine,
 * whether plain Groovy may call it (Jenkins runs those at once, without suspending).
 */
record Step(String plugin, Params params, boolean block, boolean machine, boolean immediate, Action action) {
    interface Action {
        Object run(Invocation in) throws Throwable;
    }
}
