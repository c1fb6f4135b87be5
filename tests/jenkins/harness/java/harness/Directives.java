package harness;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.DeclarationExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.GStringExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.Statement;

/** The directives that a pipeline and a stage have in common, read from the syntax tree and checked. */
final class Directives {
    private static final Set<String> UNSUPPORTED = Set.of("matrix", "axes", "excludes");

    private final Syntax syntax;
    private final StepsCheck steps;

    Directives(Syntax syntax, StepsCheck steps) {
        this.syntax = syntax;
        this.steps = steps;
    }

    /** A block's sections by name: each allowed, none twice. */
    Map<String, Entry> sections(ClosureExpression body, Collection<String> allowed, String what) {
        Map<String, Entry> found = new LinkedHashMap<>();
        for (Entry entry : syntax.entries(body)) {
            if (UNSUPPORTED.contains(entry.name())) {
                syntax.problem("\"" + entry.name() + "\" is not supported by the harness", entry.call());
            } else if (!allowed.contains(entry.name())) {
                syntax.problem("Undefined section \"" + entry.name() + "\"; a " + what + " is one of " + sorted(allowed),
                        entry.call());
            } else if (found.put(entry.name(), entry) != null) {
                syntax.problem("Multiple occurrences of the " + entry.name() + " section", entry.call());
            }
        }
        return found;
    }

    /** The section's block when it is nothing else, or null with a problem noted. */
    ClosureExpression block(Entry entry) {
        if (entry.closure() == null || !entry.positional().isEmpty() || !entry.named().isEmpty()) {
            syntax.problem("Expected a block for " + entry.name(), entry.call());
            return null;
        }
        return entry.closure();
    }

    boolean readFlag(Entry section) {
        if (section == null) {
            return false;
        }
        if (section.positional().size() == 1 && section.positional().get(0) instanceof ConstantExpression c
                && c.getValue() instanceof Boolean flag) {
            return flag;
        }
        syntax.problem("Expected a boolean with " + section.name(), section.call());
        return false;
    }

    Model.Agent readAgent(Entry section) {
        if (section == null) {
            return null;
        }
        Model.Agent nothing = new Model.Agent("none", Map.of(), syntax.place(section.call()));
        if (section.positional().size() == 1 && section.positional().get(0) instanceof VariableExpression v) {
            if (v.getName().equals("any") || v.getName().equals("none")) {
                return new Model.Agent(v.getName(), Map.of(), syntax.place(section.call()));
            }
        }
        if (section.closure() == null) {
            syntax.problem("Only \"agent none\", \"agent any\" or \"agent {...}\" are allowed.", section.call());
            return nothing;
        }
        List<Entry> kinds = syntax.entries(section.closure());
        if (kinds.size() != 1) {
            syntax.problem("Only one agent type is allowed per agent section", section.call());
            return nothing;
        }
        Entry kind = kinds.get(0);
        Place place = syntax.place(kind.call());
        if (kind.name().equals("label") && kind.positional().size() == 1) {
            return new Model.Agent("label", Map.of("label", syntax.defer(kind.positional().get(0))), place);
        }
        Set<String> fields = Tables.AGENTS.get(kind.name());
        if (fields == null || kind.closure() == null) {
            syntax.problem("Invalid agent type \"" + kind.name() + "\" for the harness. Must be one of any, none, label, "
                    + sorted(Tables.AGENTS.keySet()), kind.call());
            return nothing;
        }
        return new Model.Agent(kind.name(), readFields(kind, fields, "config option of agent " + kind.name()), place);
    }

    /** {@code key value} lines: each value is one argument. */
    Map<String, Integer> readFields(Entry section, Set<String> allowed, String what) {
        Map<String, Integer> fields = new LinkedHashMap<>();
        ClosureExpression body = section == null ? null : block(section);
        if (body == null) {
            return fields;
        }
        for (Entry entry : syntax.entries(body)) {
            if (allowed != null && !allowed.contains(entry.name())) {
                syntax.problem("Invalid " + what + ": \"" + entry.name() + "\"; valid are " + sorted(allowed), entry.call());
            } else if (entry.closure() != null || entry.positional().size() != 1 || !entry.named().isEmpty()) {
                syntax.problem("Expected to find '" + entry.name() + " \"value\"'", entry.call());
            } else {
                fields.put(entry.name(), syntax.defer(entry.positional().get(0)));
            }
        }
        if (fields.isEmpty()) {
            syntax.problem(section.name() + " can not be empty", section.call());
        }
        return fields;
    }

    List<Model.Call> readCalls(Entry section, Collection<String> allowed, String what) {
        List<Model.Call> calls = new ArrayList<>();
        ClosureExpression body = section == null ? null : block(section);
        if (body == null) {
            return calls;
        }
        for (Entry entry : syntax.entries(body)) {
            if (!allowed.contains(entry.name())) {
                syntax.problem("Invalid " + what + " type \"" + entry.name() + "\". Valid " + what + " types: "
                        + sorted(allowed), entry.call());
            } else if (entry.closure() != null) {
                syntax.problem(what + " definitions cannot have blocks", entry.call());
            } else {
                calls.add(syntax.call(entry));
            }
        }
        Set<String> names = new HashSet<>();
        for (Model.Call call : calls) {
            if (what.endsWith("option") && !names.add(call.name())) {
                syntax.problem("Duplicate " + what + " name: \"" + call.name() + "\"", section.call());
            }
        }
        if (calls.isEmpty()) {
            syntax.problem(section.name() + " can not be empty", section.call());
        }
        return calls;
    }

    Model.Input readInput(Entry section) {
        ClosureExpression body = section == null ? null : block(section);
        if (body == null) {
            return null;
        }
        Map<String, Integer> fields = new LinkedHashMap<>();
        List<Model.Call> parameters = List.of();
        for (Entry entry : syntax.entries(body)) {
            if (entry.name().equals("parameters")) {
                parameters = readCalls(entry, Tables.PARAMETERS.keySet(), "parameter");
            } else if (!Tables.INPUT.contains(entry.name()) || entry.positional().size() != 1) {
                syntax.problem("Not a valid field for input: \"" + entry.name() + "\"", entry.call());
            } else {
                fields.put(entry.name(), syntax.defer(entry.positional().get(0)));
            }
        }
        if (!fields.containsKey("message")) {
            syntax.problem("No message specified for input", section.call());
        }
        return new Model.Input(fields, parameters);
    }

    Map<String, Integer> readPost(Entry section) {
        Map<String, Integer> post = new LinkedHashMap<>();
        ClosureExpression body = section == null ? null : block(section);
        if (body == null) {
            return post;
        }
        for (Entry entry : syntax.entries(body)) {
            if (!Tables.POST.contains(entry.name())) {
                syntax.problem("Invalid condition \"" + entry.name() + "\" - valid conditions are " + Tables.POST,
                        entry.call());
                continue;
            }
            ClosureExpression code = block(entry);
            if (code == null) {
                continue;
            }
            if (Syntax.statements(code).isEmpty()) {
                syntax.problem("No steps specified: post condition \"" + entry.name() + "\" is empty", entry.call());
            }
            steps.check(code);
            if (post.put(entry.name(), syntax.keep(code)) != null) {
                syntax.problem("Duplicate build condition name: \"" + entry.name() + "\"", entry.call());
            }
        }
        if (post.isEmpty()) {
            syntax.problem("post can not be empty", section.call());
        }
        return post;
    }

    List<Model.Variable> readEnvironment(Entry section) {
        List<Model.Variable> variables = new ArrayList<>();
        ClosureExpression body = section == null ? null : block(section);
        if (body == null) {
            return variables;
        }
        Set<String> names = new HashSet<>();
        for (Statement statement : Syntax.statements(body)) {
            if (!(statement instanceof ExpressionStatement s)
                    || !(s.getExpression() instanceof BinaryExpression assignment)
                    || s.getExpression() instanceof DeclarationExpression
                    || !assignment.getOperation().getText().equals("=")
                    || !(assignment.getLeftExpression() instanceof VariableExpression v)) {
                syntax.problem("Expected name=value pairs", statement);
                continue;
            }
            if (!v.getName().matches("[A-Za-z_][A-Za-z0-9_]*")) {
                syntax.problem("\"" + v.getName() + "\" is not a valid identifier for an environment variable", v);
            }
            if (!names.add(v.getName())) {
                syntax.problem("Duplicate environment variable name: \"" + v.getName() + "\"", v);
            }
            Expression value = assignment.getRightExpression();
            if (!environmentValue(value)) {
                syntax.problem("Environment variable values must either be single quoted, double quoted, or function"
                        + " calls.", value);
            }
            boolean credentials = value instanceof MethodCallExpression m && m.isImplicitThis()
                    && "credentials".equals(m.getMethodAsString());
            if (credentials) {
                List<Expression> args = Syntax.arguments((MethodCallExpression) value);
                value = args.size() == 1 ? args.get(0) : value;
            }
            variables.add(new Model.Variable(v.getName(), syntax.defer(value), credentials, syntax.place(v)));
        }
        if (variables.isEmpty()) {
            syntax.problem("No variables specified for environment", section.call());
        }
        return variables;
    }

    private static boolean environmentValue(Expression value) {
        if (value instanceof BinaryExpression sum && sum.getOperation().getText().equals("+")) {
            return environmentValue(sum.getLeftExpression()) && environmentValue(sum.getRightExpression());
        }
        return value instanceof ConstantExpression c && c.getValue() instanceof String
                || value instanceof GStringExpression
                || value instanceof MethodCallExpression;
    }

    static List<String> sorted(Collection<String> names) {
        return names.stream().sorted().toList();
    }
}
