package harness;

import java.util.ArrayList;
import java.util.List;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.Parameter;
import org.codehaus.groovy.ast.VariableScope;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MapEntryExpression;
import org.codehaus.groovy.ast.expr.MapExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.ast.stmt.BlockStatement;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.ReturnStatement;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.control.SourceUnit;

/** Groovy's syntax tree in the words of Declarative: blocks, lines in blocks, code kept for later. */
final class Syntax {
    private final SourceUnit source;
    private final List<Problem> problems;
    private final List<ClosureExpression> closures = new ArrayList<>();

    Syntax(SourceUnit source, List<Problem> problems) {
        this.source = source;
        this.problems = problems;
    }

    List<ClosureExpression> closures() {
        return closures;
    }

    Place place(ASTNode node) {
        return new Place(source.getName(), node.getLineNumber(), node.getColumnNumber());
    }

    void problem(String message, ASTNode at) {
        problems.add(new Problem("declarative", message, place(at)));
    }

    /** Keeps a block of code; its index stands for it in the model. */
    int keep(ClosureExpression closure) {
        closures.add(closure);
        return closures.size() - 1;
    }

    /** Keeps an expression to be evaluated when the pipeline runs. */
    int defer(Expression expression) {
        ReturnStatement value = new ReturnStatement(expression);
        value.setSourcePosition(expression);
        ClosureExpression closure = new ClosureExpression(
                Parameter.EMPTY_ARRAY, new BlockStatement(new ArrayList<>(List.of(value)), new VariableScope()));
        closure.setVariableScope(new VariableScope());
        closure.setSourcePosition(expression);
        return keep(closure);
    }

    Model.Call call(Entry entry) {
        ListExpression args = new ListExpression(new ArrayList<>(entry.positional()));
        args.addExpression(new MapExpression(new ArrayList<>(entry.named())));
        args.setSourcePosition(entry.call());
        return new Model.Call(entry.name(), defer(args), entry.namedKeys(), entry.positional().size(), place(entry.call()));
    }

    static List<Statement> statements(ClosureExpression closure) {
        Statement code = closure.getCode();
        return code instanceof BlockStatement block ? block.getStatements() : List.of();
    }

    /** A block's lines; whatever is no plain {@code name args} line is reported. */
    List<Entry> entries(ClosureExpression block) {
        List<Entry> entries = new ArrayList<>();
        for (Statement statement : statements(block)) {
            if (!(statement instanceof ExpressionStatement s) || !(s.getExpression() instanceof MethodCallExpression call)) {
                problem("Expected a symbol: only sections and directives may stand here", statement);
                continue;
            }
            if (!call.isImplicitThis() || call.getMethodAsString() == null) {
                problem("Expected a symbol: '" + call.getMethodAsString()
                        + "' must start on a new line or after a ';'", call.getMethod());
                continue;
            }
            entries.add(entry(call));
        }
        return entries;
    }

    static Entry entry(MethodCallExpression call) {
        List<Expression> positional = new ArrayList<>();
        List<MapEntryExpression> named = new ArrayList<>();
        ClosureExpression closure = null;
        List<Expression> all = arguments(call);
        for (int i = 0; i < all.size(); i++) {
            Expression each = all.get(i);
            if (i == all.size() - 1 && each instanceof ClosureExpression c) {
                closure = c;
            } else if (i == 0 && each instanceof MapExpression map && namedArguments(call, map)) {
                named.addAll(map.getMapEntryExpressions());
            } else {
                positional.add(each);
            }
        }
        return new Entry(call.getMethodAsString(), positional, named, closure, call);
    }

    /** Both {@code f(a: 1)} and {@code f([a: 1])} name their arguments, as in Jenkins; {@code f([:])} names none. */
    private static boolean namedArguments(MethodCallExpression call, MapExpression map) {
        return map.getMapEntryExpressions().stream()
                .allMatch(e -> e.getKeyExpression() instanceof ConstantExpression c && c.getValue() instanceof String);
    }

    static List<Expression> arguments(MethodCallExpression call) {
        Expression arguments = call.getArguments();
        return arguments instanceof TupleExpression tuple ? tuple.getExpressions() : List.of(arguments);
    }

    static ClosureExpression soleClosure(MethodCallExpression call) {
        List<Expression> args = arguments(call);
        return args.size() == 1 && args.get(0) instanceof ClosureExpression c ? c : null;
    }

    /** A line as a person would say it: {@code branch main}. */
    static String text(Entry entry) {
        StringBuilder text = new StringBuilder(entry.name());
        entry.positional().forEach(e -> text.append(' ').append(e.getText()));
        entry.named().forEach(e -> text.append(' ').append(e.getKeyExpression().getText())
                .append(": ").append(e.getValueExpression().getText()));
        return text.toString();
    }
}
