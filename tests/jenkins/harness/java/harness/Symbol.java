package harness;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** A described thing that is data, not a step: {@code string(name: 'X')}, {@code logRotator(…)}, {@code cron('…')}. */
final class Symbol implements Serializable {
    private static final long serialVersionUID = 1;
    final String name;
    final LinkedHashMap<String, Object> args;

    Symbol(String name, Map<String, Object> args) {
        this.name = name;
        this.args = new LinkedHashMap<>(args);
    }

    String text(String key) {
        Object value = args.get(key);
        return value == null ? null : value.toString();
    }

    @Override
    public String toString() {
        return "@" + name + args;
    }
}
