package harness;

import java.util.List;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.MapEntryExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;

/** One line of a block: {@code name positional, key: value { closure }}. */
record Entry(
        String name,
        List<Expression> positional,
        List<MapEntryExpression> named,
        ClosureExpression closure,
        MethodCallExpression call) {

    List<String> namedKeys() {
        return named.stream()
                .map(e -> e.getKeyExpression() instanceof ConstantExpression c ? String.valueOf(c.getValue()) : "?")
                .toList();
    }
}
