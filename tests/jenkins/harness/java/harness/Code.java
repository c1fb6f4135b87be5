package harness;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The closures of a Declarative file, by the index the model knows them by. */
final class Code {
    private final Build build;
    private final List<?> closures;

    Code(Build build, List<?> closures) {
        this.build = build;
        this.closures = closures;
    }

    Object run(Green green, int index) throws Throwable {
        return green.call((Closure<?>) closures.get(index));
    }

    /** A value; GStrings become strings. */
    Object value(Green green, int index) throws Throwable {
        Object value = run(green, index);
        return value instanceof CharSequence ? value.toString() : value;
    }

    /** {@code [positional…, named map]} as written. */
    @SuppressWarnings("unchecked")
    List<Object> arguments(Green green, Model.Call call) throws Throwable {
        return new ArrayList<>((List<Object>) run(green, call.args()));
    }

    /** The same by name. */
    Map<String, Object> named(Green green, Model.Call call, Params params) throws Throwable {
        return named(call.name(), arguments(green, call), params, call.place());
    }

    Map<String, Object> named(Green green, Model.Condition condition, Params params) throws Throwable {
        List<?> args = (List<?>) run(green, condition.args());
        return named(condition.name(), args, params, condition.place());
    }

    private Map<String, Object> named(String name, List<?> args, Params params, Place place) {
        Map<String, Object> named = new LinkedHashMap<>();
        if (args.size() > 1 && params.sole() != null) {
            named.put(params.sole(), args.get(0));
        }
        ((Map<?, ?>) args.get(args.size() - 1)).forEach((k, v) -> named.put(String.valueOf(k), v));
        named.replaceAll((k, v) -> v instanceof CharSequence ? v.toString() : v);
        named.forEach((key, value) -> {
            String wrong = params.types().containsKey(key) ? params.wrongType(key, value) : "Invalid parameter " + key;
            if (wrong != null) {
                throw build.refuse("declarative", name + ": " + wrong, List.of(place));
            }
        });
        return named;
    }
}
