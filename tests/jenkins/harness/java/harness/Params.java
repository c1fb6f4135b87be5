package harness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The arguments something takes, written {@code "script!:s returnStdout:b"}: {@code !} marks a required one,
 * {@code ^} an optional one that an unnamed argument means, the letter its type (s string, b boolean,
 * i whole number, l list, m map, o anything; s when left out).
 */
record Params(Map<String, Character> types, List<String> required, String sole) {
    static Params of(String spec) {
        Map<String, Character> types = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        String marked = null;
        for (String word : spec.isBlank() ? new String[0] : spec.trim().split("\\s+")) {
            String[] parts = word.split(":");
            String name = parts[0].replaceAll("[!^]", "");
            types.put(name, parts.length > 1 ? parts[1].charAt(0) : 's');
            if (parts[0].endsWith("!")) {
                required.add(name);
            }
            if (parts[0].endsWith("^")) {
                marked = name;
            }
        }
        return new Params(types, required, required.size() == 1 ? required.get(0) : marked);
    }

    /** Is a map with these keys the one unnamed argument, not names of arguments? {@code checkout([$class: …])} */
    boolean takesMap(List<String> keys) {
        return sole != null && "mo".indexOf(types.get(sole)) >= 0 && !keys.isEmpty()
                && keys.stream().noneMatch(types::containsKey);
    }

    /** What is wrong with a call of so many unnamed arguments and these named ones. */
    List<String> problems(int positional, List<String> named) {
        List<String> problems = new ArrayList<>();
        if (positional > 0 && !named.isEmpty()) {
            problems.add("Can't mix named and unnamed arguments");
        } else if (positional > 1 || positional == 1 && sole == null) {
            problems.add("does not take a single required parameter - use named parameters instead");
        }
        for (String name : named) {
            if (!types.containsKey(name)) {
                problems.add("Invalid parameter \"" + name + "\", valid are " + types.keySet());
            }
        }
        if (positional == 0) {
            for (String name : required) {
                if (!named.contains(name)) {
                    problems.add("Missing required parameter: \"" + name + "\"");
                }
            }
        }
        return problems;
    }

    /** What is wrong with a value, or null. */
    String wrongType(String name, Object value) {
        if (value == null) {
            return required.contains(name) ? "parameter \"" + name + "\" is null" : null;
        }
        boolean fits = switch (types.get(name)) {
            case 's' -> value instanceof CharSequence;
            case 'b' -> value instanceof Boolean;
            case 'i' -> value instanceof Integer || value instanceof Long;
            case 'l' -> value instanceof List || value instanceof Object[];
            case 'm' -> value instanceof Map;
            default -> true;
        };
        return fits ? null : "parameter \"" + name + "\" does not take a " + value.getClass().getName();
    }
}
