package harness;

import com.cloudbees.groovy.cps.impl.Caller;
import java.io.Serializable;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * A Groovy category that lets {@code for} loops over lists, sets and maps be saved in mid-flight.
 * A controller does the same, so without it the harness would refuse loops that work there.
 */
public final class SerializableIterators {
    private SerializableIterators() {}

    private static final class Cursor<E> implements Iterator<E>, Serializable {
        private static final long serialVersionUID = 1;
        private final List<E> list;
        private int next;

        Cursor(List<E> list) {
            this.list = list;
        }

        @Override
        public boolean hasNext() {
            return next < list.size();
        }

        @Override
        public E next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return list.get(next++);
        }
    }

    public static <E> Iterator<E> iterator(List<E> list) {
        return new Cursor<>(list);
    }

    public static <E> Iterator<E> iterator(Set<E> set) {
        return new Cursor<>(new ArrayList<>(set));
    }

    public static <E> Iterator<E> iterator(E[] array) {
        return new Cursor<>(new ArrayList<>(List.of(array)));
    }

    public static <K, V> Set<Map.Entry<K, V>> entrySet(Map<K, V> map) {
        if (inPlainGroovy(map, "entrySet")) {
            return map.entrySet();
        }
        Set<Map.Entry<K, V>> entries = new LinkedHashSet<>();
        map.entrySet().forEach(e -> entries.add(new AbstractMap.SimpleImmutableEntry<>(e)));
        return entries;
    }

    public static <K> Set<K> keySet(Map<K, ?> map) {
        return inPlainGroovy(map, "keySet") ? map.keySet() : new LinkedHashSet<>(map.keySet());
    }

    public static <V> Collection<V> values(Map<?, V> map) {
        return inPlainGroovy(map, "values") ? map.values() : new ArrayList<>(map.values());
    }

    /** In a {@code @NonCPS} method nothing is saved, so the real view is right there. */
    private static boolean inPlainGroovy(Object receiver, String method) {
        return !Caller.isAsynchronous(receiver, method)
                && !Caller.isAsynchronous(SerializableIterators.class, method, receiver);
    }
}
