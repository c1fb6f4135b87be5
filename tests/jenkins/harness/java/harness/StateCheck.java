package harness;

import com.cloudbees.groovy.cps.Continuation;
import groovy.lang.Script;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Can the program's state be saved? And if not, which variable holds what cannot? */
final class StateCheck {
    private StateCheck() {}

    static void write(List<Green.Frame> frames) throws IOException {
        try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
            for (Green.Frame frame : frames) {
                if (frame.e != null) {
                    out.writeObject(frame.e);
                    out.writeObject(frame.k);
                }
            }
        }
    }

    private record Visit(Object value, String path) {}

    /** The shortest way from a program's variables to an object of class {@code culprit}, or null. */
    static String path(List<Green.Frame> frames, String culprit) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Visit> open = new ArrayDeque<>();
        for (Green.Frame frame : frames) {
            open.add(new Visit(frame.e, ""));
            open.add(new Visit(frame.k, ""));
        }
        while (!open.isEmpty()) {
            Visit visit = open.remove();
            Object value = visit.value();
            if (value == null || !seen.add(value)) {
                continue;
            }
            if (value.getClass().getName().equals(culprit) && !(value instanceof Serializable)) {
                return visit.path().isEmpty() ? "a value being computed" : visit.path();
            }
            expand(visit, open);
        }
        return null;
    }

    private static void expand(Visit visit, Deque<Visit> open) {
        Object value = visit.value();
        String path = visit.path();
        if (value instanceof Script script) {
            ((Map<?, ?>) script.getBinding().getVariables()).forEach((k, v) -> open.add(new Visit(v, step(path, "variable " + k))));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((k, v) -> open.add(new Visit(v, path.isEmpty() ? "" : path + "[" + k + "]")));
        } else if (value instanceof Iterable<?> items && value instanceof Serializable) {
            int[] index = {0};
            items.forEach(v -> open.add(new Visit(v, path.isEmpty() ? "" : path + "[" + index[0]++ + "]")));
        } else if (value instanceof Object[] array) {
            for (Object each : array) {
                open.add(new Visit(each, path));
            }
        } else if (value instanceof Serializable) {
            fields(value, path, open);
        }
    }

    private static void fields(Object value, String path, Deque<Visit> open) {
        boolean engine = value instanceof Continuation || value.getClass().getName().startsWith("com.cloudbees.groovy.cps");
        for (Class<?> c = value.getClass(); c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || Modifier.isTransient(field.getModifiers())
                        || field.getType().isPrimitive() || !field.trySetAccessible()) {
                    continue;
                }
                try {
                    Object next = field.get(value);
                    if (field.getName().equals("locals") && next instanceof Map<?, ?> locals) {
                        locals.forEach((k, v) -> open.add(new Visit(v, k.equals("this") ? "" : "variable " + k)));
                    } else {
                        open.add(new Visit(next, engine ? path : step(path, field.getName())));
                    }
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static String step(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
