package harness;

import groovy.lang.Closure;
import groovy.lang.GString;
import groovy.lang.GroovyClassLoader;
import groovy.lang.Range;
import groovy.lang.Script;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a Jenkinsfile or an untrusted library may call without an administrator's approval: a short list of types,
 * for the library of single methods ({@link Permitted}), all else refused.
 * Shorter than the real one, so it may refuse what a controller permits, and it knows types, not single methods.
 */
final class Sandbox {
    private static final List<Class<?>> RECEIVERS = List.of(
            CharSequence.class, Number.class, Boolean.class, Character.class, Throwable.class, Collection.class,
            Map.class, Map.Entry.class, Iterator.class, Closure.class, Script.class, GString.class, Range.class,
            Pattern.class, MatchResult.class, Date.class, Random.class, UUID.class, Enum.class);
    private static final Set<Class<?>> STATICS = Set.of(
            String.class, Integer.class, Long.class, Boolean.class, Double.class, Math.class, Character.class,
            java.math.BigDecimal.class, java.util.Collections.class, Arrays.class, UUID.class, Pattern.class,
            java.util.Objects.class, groovy.json.JsonOutput.class, java.util.regex.Matcher.class);
    /** Where transformed code lands for its operators and casts. */
    private static final Set<Class<?>> LANGUAGE = Set.of(
            org.codehaus.groovy.runtime.ScriptBytecodeAdapter.class, org.codehaus.groovy.runtime.InvokerHelper.class,
            org.codehaus.groovy.runtime.typehandling.DefaultTypeTransformation.class);
    private static final Set<Class<?>> CONSTRUCTED = Set.of(
            java.util.ArrayList.class, java.util.LinkedHashMap.class, java.util.HashMap.class,
            java.util.HashSet.class, java.util.LinkedHashSet.class, java.util.TreeMap.class,
            java.util.TreeSet.class, Date.class, Random.class, StringBuilder.class, String.class, Object.class,
            groovy.json.JsonSlurper.class, groovy.json.JsonSlurperClassic.class, groovy.json.JsonBuilder.class,
            org.codehaus.groovy.runtime.GStringImpl.class, groovy.lang.IntRange.class, groovy.lang.ObjectRange.class);
    /** Methods that leave the language, whatever the receiver; {@code execute} starts a process. */
    private static final Set<String> NEVER = Set.of(
            "execute", "getMetaClass", "setMetaClass", "getClassLoader", "forName", "newInstance",
            "getProtectionDomain", "getBinding", "setBinding", "getURL", "toURL", "newReader",
            "toURI", "addShutdownHook", "asType");

    private Sandbox() {}

    static void permitCall(Object receiver, String method, Object[] args) {
        if (receiver == null) {
            return;
        }
        if (receiver instanceof Class<?> type && LANGUAGE.contains(type)) {
            permitConversion(args);
            return;
        }
        if (receiver instanceof Class<?> type && !STATICS.contains(type) && !ownType(type)) {
            throw rejected("staticMethod " + type.getName() + " " + method + types(args));
        }
        if (NEVER.contains(method)) {
            throw rejected("method " + typeName(receiver) + " " + method + types(args));
        }
        if (!(receiver instanceof Class<?>) && !allowed(receiver)) {
            throw rejected("method " + typeName(receiver) + " " + method + types(args));
        }
    }

    /** A library's call: to what the harness gave it, to its own classes, or one that is on the list. */
    static void permitLibraryCall(Object receiver, String method, Object[] args) {
        if (receiver == null || receiver instanceof Class<?> type && (LANGUAGE.contains(type) || ownType(type))) {
            return;
        }
        Class<?> type = receiver.getClass();
        boolean ours = ownType(type) || type.getName().startsWith("harness.");
        if (!ours && !Permitted.has(receiver, method, args)) {
            throw rejected(Permitted.signature(receiver, method, args));
        }
    }

    /** {@code x as File} constructs one. */
    private static void permitConversion(Object[] args) {
        for (Object arg : args) {
            if (arg instanceof Class<?> type && type.getName().matches("java\\.(io|net|nio)\\..*")) {
                throw rejected("new " + type.getName());
            }
        }
    }

    static void permitNew(Class<?> type, Object[] args) {
        boolean exception = Exception.class.isAssignableFrom(type) && type.getName().startsWith("java.");
        if (!CONSTRUCTED.contains(type) && !ownType(type) && !exception) {
            throw rejected("new " + type.getName() + types(args));
        }
    }

    static void permitProperty(Object receiver, String name) {
        if (receiver instanceof Class<?> type && !STATICS.contains(type) && !ownType(type)) {
            throw rejected("staticMethod " + type.getName() + " get" + capital(name));
        }
        if (name.equals("metaClass") || name.equals("classLoader") || name.equals("binding")) {
            throw rejected("method " + typeName(receiver) + " get" + capital(name));
        }
        if (receiver != null && !(receiver instanceof Class<?>) && !allowed(receiver)) {
            throw rejected("method " + typeName(receiver) + " get" + capital(name));
        }
    }

    static Fault rejected(String signature) {
        String message = "Scripts not permitted to use " + signature;
        return Green.current().build.refuse("sandbox", message);
    }

    static String typeName(Object value) {
        return value instanceof Class<?> c ? c.getName() : value.getClass().getName();
    }

    private static boolean allowed(Object receiver) {
        Class<?> type = receiver.getClass();
        return type.isArray()
                || ownType(type)
                || type.getName().startsWith("harness.")
                || type.getName().startsWith("groovy.json.Json")
                || RECEIVERS.stream().anyMatch(c -> c.isInstance(receiver));
    }

    /** A class written in the Jenkinsfile or in the library. */
    private static boolean ownType(Class<?> type) {
        return type.getClassLoader() instanceof GroovyClassLoader
                || type.getClassLoader() instanceof GroovyClassLoader.InnerLoader;
    }

    private static String types(Object[] args) {
        return Arrays.stream(args)
                .map(a -> " " + (a == null ? "null" : a.getClass().getName()))
                .collect(Collectors.joining());
    }

    private static String capital(String name) {
        return name.isEmpty() ? name : Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
