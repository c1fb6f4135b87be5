package harness;

import groovy.lang.GroovyShell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.control.CompilationUnit;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.Phases;
import org.codehaus.groovy.control.SourceUnit;

/** Groovy 2.4's own reading of texts and of literals, many in one go. */
final class Literals {
    /** A class file holds a string constant of at most this many bytes. */
    private static final int LONGEST = 65_535;

    private Literals() {}

    /** What is wrong with a text as Groovy; empty when it parses. */
    static List<Problem> parse(String text, String name) {
        try {
            module(text, name);
            return List.of();
        } catch (MultipleCompilationErrorsException e) {
            return Compiler.problems(e, name);
        }
    }

    private static SourceUnit module(String text, String name) {
        CompilationUnit unit = new CompilationUnit(new CompilerConfiguration());
        SourceUnit source = unit.addSource(name, text);
        unit.compile(Phases.CONVERSION);
        return source;
    }

    /** The string an expression is: {@code {"value": …}} or {@code {"error": …}}. */
    static Map<String, Object> evaluate(String expression) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            Object value = valueOf(expression);
            if (value instanceof CharSequence) {
                answer.put("value", value.toString());
            } else {
                answer.put("error", "not a string: " + value);
            }
        } catch (MultipleCompilationErrorsException e) {
            answer.put("error", Compiler.problems(e, "expression").get(0).message());
        } catch (RuntimeException e) {
            answer.put("error", e.toString());
        }
        return answer;
    }

    private static Object valueOf(String expression) {
        List<Statement> statements =
                new ArrayList<>(module(expression, "expression").getAST().getStatementBlock().getStatements());
        if (statements.size() != 1 || !(statements.get(0) instanceof ExpressionStatement statement)) {
            throw new IllegalArgumentException("not one expression: " + statements.size() + " statements");
        }
        Expression parsed = statement.getExpression();
        if (parsed instanceof ConstantExpression constant) {
            if (constant.getValue() instanceof String text && modifiedLength(text) > LONGEST) {
                throw new IllegalArgumentException("string constant longer than a class file allows");
            }
            return constant.getValue();
        }
        return new GroovyShell().evaluate(expression);
    }

    private static int modifiedLength(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c >= 1 && c <= 0x7f ? 1 : c <= 0x7ff ? 2 : 3;
        }
        return length;
    }
}
