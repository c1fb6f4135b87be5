package harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The reading of one run's JSON. */
record Request(Map<String, Object> json) {
    String text(String key) {
        Object value = json.get(key);
        return value == null ? null : value.toString();
    }

    Path path(String key) {
        return Path.of(text(key));
    }

    boolean flag(String key) {
        return Boolean.TRUE.equals(json.get(key));
    }

    long number(String key) {
        return ((Number) json.get(key)).longValue();
    }

    @SuppressWarnings("unchecked")
    List<Object> list(String key) {
        Object value = json.get(key);
        return value == null ? List.of() : (List<Object>) value;
    }

    List<String> texts(String key) {
        return list(key).stream().map(String::valueOf).toList();
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> map(String key) {
        Object value = json.get(key);
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    Map<String, String> textMap(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        map(key).forEach((k, v) -> map.put(k, String.valueOf(v)));
        return map;
    }

    /** Library name to its root folders. */
    Map<String, List<Path>> libraries() {
        Map<String, List<Path>> libraries = new LinkedHashMap<>();
        map("libraries").forEach((name, roots) -> {
            List<Path> paths = new ArrayList<>();
            ((List<?>) roots).forEach(r -> paths.add(Path.of(String.valueOf(r))));
            libraries.put(name, paths);
        });
        return libraries;
    }
}
