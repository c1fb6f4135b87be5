package harness;

import groovy.json.JsonOutput;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What the steps of an untrusted library may call, method by method: those of the list that the script-security
 * plugin comes with which our steps need. A step that wants another one looks it up there first.
 */
final class Permitted {
    /** One method: of an instance of the type, or, {@code fixed}, of the type itself. */
    private record Method(Class<?> type, boolean fixed, String name, Class<?>... parameters) {
        boolean takes(Object receiver, String method, Object[] args) {
            return name.equals(method)
                    && (fixed ? receiver == type : type.isInstance(receiver))
                    && parameters.length == args.length
                    && matches(args);
        }

        private boolean matches(Object[] args) {
            for (int i = 0; i < args.length; i++) {
                if (args[i] != null && !parameters[i].isInstance(args[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Method> METHODS = List.of(
            ofType(JsonOutput.class, "toJson", Map.class),
            of(String.class, "plus", Object.class),
            of(String.class, "replace", CharSequence.class, CharSequence.class),
            of(String.class, "toLowerCase"),
            of(String.class, "toUpperCase"),
            of(Collection.class, "leftShift", Object.class),
            of(Collection.class, "size"),
            of(Iterable.class, "iterator"),
            of(Iterator.class, "hasNext"),
            of(Iterator.class, "next"),
            of(Map.class, "get", Object.class),
            of(Map.class, "getAt", Object.class),
            of(Number.class, "next"),
            of(Number.class, "plus", Number.class));

    private Permitted() {}

    private static Method of(Class<?> type, String name, Class<?>... parameters) {
        return new Method(type, false, name, parameters);
    }

    private static Method ofType(Class<?> type, String name, Class<?>... parameters) {
        return new Method(type, true, name, parameters);
    }

    static boolean has(Object receiver, String method, Object[] args) {
        return METHODS.stream().anyMatch(each -> each.takes(receiver, method, args));
    }

    /** As the plugin would name it. */
    static String signature(Object receiver, String method, Object[] args) {
        StringBuilder text = new StringBuilder(receiver instanceof Class<?> ? "staticMethod " : "method ");
        text.append(Sandbox.typeName(receiver)).append(' ').append(method);
        Arrays.stream(args).forEach(arg -> text.append(' ').append(arg == null ? "null" : Sandbox.typeName(arg)));
        return text.toString();
    }
}
