package harness;

import groovy.lang.Closure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A step that is running: its checked arguments, its block, who called it. */
record Invocation(Green green, String name, Map<String, Object> args, Closure<?> block, Map<String, Object> record) {
    Build build() {
        return green.build;
    }

    Context context() {
        return green.context;
    }

    String text(String key) {
        Object value = args.get(key);
        return value == null ? null : value.toString();
    }

    String text(String key, String otherwise) {
        String value = text(key);
        return value == null ? otherwise : value;
    }

    boolean flag(String key) {
        return Boolean.TRUE.equals(args.get(key));
    }

    boolean flag(String key, boolean otherwise) {
        return args.get(key) == null ? otherwise : flag(key);
    }

    long number(String key, long otherwise) {
        return args.get(key) instanceof Number n ? n.longValue() : otherwise;
    }

    List<?> list(String key) {
        Object value = args.get(key);
        return value instanceof List<?> list ? list : value instanceof Object[] array ? List.of(array) : List.of();
    }

    /** A path as the step's user wrote it, under the current folder. */
    Path path(String key) {
        return context().folder().resolve(text(key)).normalize();
    }

    void log(String message) {
        build().console.line(context().secrets(), message);
    }

    /** The block, run in {@code inner}. */
    Object body(Context inner) throws Throwable {
        Object[] value = new Object[1];
        green.within(inner.withBlock(name), () -> value[0] = green.call(block));
        return value[0];
    }

    Object body() throws Throwable {
        return body(context());
    }
}
