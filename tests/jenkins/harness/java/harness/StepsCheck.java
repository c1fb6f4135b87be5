package harness;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.Statement;

/** A Declarative steps block: steps only, each known, with the arguments it takes. */
final class StepsCheck {
    private static final Map<String, String> BLOCKED = Map.of(
            "stage", "stages stand in a \"stages\" or \"parallel\" section",
            "properties", "use the \"options\", \"parameters\" and \"triggers\" sections",
            "parallel", "use a \"parallel\" section",
            "pipeline", "pipeline block must be at the top-level, not within another block.");

    private final Syntax syntax;
    private final Declaration.Names names;
    private final Set<String> defined = new HashSet<>();

    StepsCheck(Syntax syntax, Declaration.Names names) {
        this.syntax = syntax;
        this.names = names;
    }

    /** A method of the file itself may be called like a step. */
    void define(String method) {
        defined.add(method);
    }

    void check(ClosureExpression block) {
        for (Statement statement : Syntax.statements(block)) {
            if (!(statement instanceof ExpressionStatement s) || !(s.getExpression() instanceof MethodCallExpression call)) {
                syntax.problem("Expected a step", statement);
            } else if (!call.isImplicitThis() || call.getMethodAsString() == null) {
                syntax.problem("Method calls on objects not allowed outside \"script\" blocks.", call);
            } else {
                check(Syntax.entry(call));
            }
        }
    }

    private void check(Entry entry) {
        String name = entry.name();
        if (BLOCKED.containsKey(name)) {
            syntax.problem("Invalid step \"" + name + "\" used - not allowed in this context - " + BLOCKED.get(name),
                    entry.call());
            return;
        }
        Step step = StepTable.STEPS.get(name);
        if (defined.contains(name) || names.isVariable(name)) {
            step = null;
        } else if (step == null) {
            syntax.problem("unknown step '" + name + "'", entry.call());
        }
        if (step != null) {
            boolean whole = step.params().takesMap(entry.namedKeys()) && entry.positional().isEmpty();
            step.params().problems(whole ? 1 : entry.positional().size(), whole ? List.of() : entry.namedKeys())
                    .forEach(p -> syntax.problem(name + ": " + p, entry.call()));
            if (step.block() && entry.closure() == null) {
                syntax.problem(name + " step without a block", entry.call());
            }
            if (!step.block() && entry.closure() != null) {
                syntax.problem(name + " takes no block", entry.call());
            }
        }
        if (entry.closure() != null && !name.equals("script")) {
            check(entry.closure());
        }
    }
}
