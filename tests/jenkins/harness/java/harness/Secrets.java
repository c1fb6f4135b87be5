package harness;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Values that are written as {@code ****}, with the forms in which a shell trace or base64 shows them. */
final class Secrets implements Serializable {
    private static final long serialVersionUID = 1;
    static final Secrets NONE = new Secrets(Map.of());

    /** The variable that holds each value: a warning names the variable, never the value. */
    private final Map<String, String> values;
    private final List<String> forms;

    private Secrets(Map<String, String> values) {
        this.values = values;
        Set<String> all = new LinkedHashSet<>();
        for (String value : values.keySet()) {
            all.add(value);
            all.add(value.replace("'", "'\\''"));
            all.add(value.replace("'", "'\"'\"'"));
            String encoded = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
            all.add(encoded);
            all.add(encoded.replaceAll("=+$", ""));
        }
        forms = new ArrayList<>(all);
        forms.sort(Comparator.comparingInt(String::length).reversed());
    }

    /** These and {@code more} (variable to value); empty values are never masked. */
    Secrets and(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(values);
        more.forEach((variable, value) -> {
            if (!value.isEmpty()) {
                all.put(value, variable);
            }
        });
        return new Secrets(all);
    }

    String mask(String text) {
        String masked = text;
        for (String form : forms) {
            masked = masked.replace(form, "****");
        }
        return masked;
    }

    /** Variables whose value stands in {@code text}. */
    List<String> variablesIn(String text) {
        List<String> found = new ArrayList<>();
        values.forEach((value, variable) -> {
            if (text.contains(value)) {
                found.add(variable);
            }
        });
        return found;
    }

    /** {@code value} with every string in it masked: lists, maps and plain values keep their shape. */
    Object maskDeep(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> masked = new LinkedHashMap<>();
            map.forEach((k, v) -> masked.put(mask(String.valueOf(k)), maskDeep(v)));
            return masked;
        }
        if (value instanceof Iterable<?> items) {
            List<Object> masked = new ArrayList<>();
            items.forEach(item -> masked.add(maskDeep(item)));
            return masked;
        }
        if (value == null || value instanceof Boolean || value instanceof Number) {
            return value;
        }
        if (value instanceof groovy.lang.Closure) {
            return "{…}";
        }
        return mask(value.toString());
    }
}
