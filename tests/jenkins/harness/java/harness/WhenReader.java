package harness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.codehaus.groovy.ast.expr.ClosureExpression;

/** {@code when}: conditions, each known and with the arguments it takes, and when they are asked. */
final class WhenReader {
    private final Syntax syntax;
    private final Directives directives;

    WhenReader(Syntax syntax, Directives directives) {
        this.syntax = syntax;
        this.directives = directives;
    }

    Model.When read(Entry section) {
        ClosureExpression body = section == null ? null : directives.block(section);
        if (body == null) {
            return null;
        }
        List<Model.Condition> conditions = new ArrayList<>();
        Map<String, Boolean> flags = new LinkedHashMap<>();
        for (Entry entry : syntax.entries(body)) {
            if (Tables.WHEN_FLAGS.contains(entry.name())) {
                flags.put(entry.name(), directives.readFlag(entry));
            } else {
                conditions.add(readCondition(entry));
            }
        }
        if (conditions.isEmpty()) {
            syntax.problem("Empty when closure, remove the property or add some content.", section.call());
        }
        return new Model.When(conditions, flags.getOrDefault("beforeAgent", false),
                flags.getOrDefault("beforeInput", false), flags.getOrDefault("beforeOptions", false));
    }

    private Model.Condition readCondition(Entry entry) {
        Place place = syntax.place(entry.call());
        String name = entry.name();
        if (!Tables.CONDITIONS.containsKey(name)) {
            syntax.problem("Unknown conditional " + name + ". Valid conditionals are: "
                    + Directives.sorted(Tables.CONDITIONS.keySet()), entry.call());
            return new Model.Condition(name, Model.NONE, List.of(), name, place);
        }
        if (name.equals("expression")) {
            ClosureExpression code = directives.block(entry);
            return new Model.Condition(name, code == null ? Model.NONE : syntax.keep(code), List.of(), name, place);
        }
        if (List.of("not", "allOf", "anyOf").contains(name)) {
            List<Model.Condition> children = new ArrayList<>();
            ClosureExpression body = directives.block(entry);
            if (body != null) {
                syntax.entries(body).forEach(child -> children.add(readCondition(child)));
            }
            if (children.isEmpty() || name.equals("not") && children.size() != 1) {
                syntax.problem("Nested when condition \"" + name + "\" requires "
                        + (name.equals("not") ? "exactly 1 child condition" : "at least one child condition"), entry.call());
            }
            String text = name + children.stream().map(Model.Condition::text).toList();
            return new Model.Condition(name, Model.NONE, children, text, place);
        }
        checkCondition(entry, Tables.CONDITIONS.get(name));
        return new Model.Condition(name, syntax.call(entry).args(), List.of(), Syntax.text(entry), place);
    }

    private void checkCondition(Entry entry, Params params) {
        params.problems(entry.positional().size(), entry.namedKeys()).forEach(p -> syntax.problem(p, entry.call()));
    }
}
