package harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.AnnotationNode;
import org.codehaus.groovy.ast.ModuleNode;
import org.codehaus.groovy.ast.expr.ArgumentListExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.DeclarationExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.control.SourceUnit;

/**
 * Reads {@code pipeline { … }} from a Jenkinsfile's syntax tree, checks Declarative's rules, and leaves in its place
 * a call with the list of the closures that hold code, as Jenkins does before it runs the file.
 */
final class Declaration {
    /** What may be called from a steps block. */
    interface Names {
        boolean isVariable(String name);
    }

    private static final Set<String> PIPELINE = Set.of(
            "agent", "environment", "options", "parameters", "triggers", "tools", "libraries", "stages", "post");

    private final Syntax syntax;
    private final StepsCheck steps;
    private final Directives directives;
    private final List<String> libraries = new ArrayList<>();
    private final List<String> announced = new ArrayList<>();
    private Model.Pipeline pipeline;

    Declaration(SourceUnit source, List<Problem> problems, Names names) {
        this.syntax = new Syntax(source, problems);
        this.steps = new StepsCheck(syntax, names);
        this.directives = new Directives(syntax, steps);
    }

    /** The model, or null when the file is a scripted pipeline. */
    Model.Pipeline pipeline() {
        return pipeline;
    }

    /** Each {@code name@version} that an {@code @Library} asks for. */
    List<String> libraries() {
        return libraries;
    }

    /** Libraries that a {@code libraries} section or a {@code library} step at the top will load when it runs. */
    List<String> announced() {
        return announced;
    }

    void read(ModuleNode module) {
        module.getMethods().forEach(m -> steps.define(m.getName()));
        module.getImports().forEach(i -> i.getAnnotations().forEach(this::readLibrary));
        module.getStarImports().forEach(i -> i.getAnnotations().forEach(this::readLibrary));
        for (Statement statement : module.getStatementBlock().getStatements()) {
            if (!(statement instanceof ExpressionStatement s)) {
                continue;
            }
            if (s.getExpression() instanceof DeclarationExpression d) {
                d.getAnnotations().forEach(this::readLibrary);
            } else if (s.getExpression() instanceof MethodCallExpression call && call.isImplicitThis()) {
                if ("pipeline".equals(call.getMethodAsString())) {
                    readPipeline(call);
                } else if ("library".equals(call.getMethodAsString())) {
                    announce(Syntax.entry(call));
                }
            }
        }
    }

    private void readLibrary(AnnotationNode annotation) {
        if (!annotation.getClassNode().getNameWithoutPackage().equals("Library")) {
            return;
        }
        Expression value = annotation.getMember("value");
        List<Expression> all = value instanceof ListExpression list ? list.getExpressions() : List.of(value);
        for (Expression each : all) {
            if (each instanceof ConstantExpression c && c.getValue() instanceof String name) {
                libraries.add(name);
            } else {
                syntax.problem("@Library needs a string constant", each);
            }
        }
    }

    private void announce(Entry entry) {
        List<Expression> values = new ArrayList<>(entry.positional());
        entry.named().forEach(e -> values.add(e.getValueExpression()));
        for (Expression value : values) {
            if (value instanceof ConstantExpression c && c.getValue() instanceof String name) {
                announced.add(name);
            }
        }
    }

    private void readPipeline(MethodCallExpression call) {
        ClosureExpression body = Syntax.soleClosure(call);
        if (body == null) {
            syntax.problem("Expected a block with the \"pipeline\" step", call);
            return;
        }
        if (pipeline != null) {
            syntax.problem("a file has one pipeline block", call);
            return;
        }
        Map<String, Entry> sections = directives.sections(body, PIPELINE, "section");
        if (!sections.containsKey("agent")) {
            syntax.problem("Missing required section \"agent\"", call);
        }
        if (!sections.containsKey("stages")) {
            syntax.problem("Missing required section \"stages\"", call);
        }
        if (sections.containsKey("libraries") && sections.get("libraries").closure() != null) {
            syntax.entries(sections.get("libraries").closure()).forEach(this::announce);
        }
        pipeline = new Model.Pipeline(
                directives.readAgent(sections.get("agent")),
                directives.readEnvironment(sections.get("environment")),
                directives.readCalls(sections.get("options"), Tables.OPTIONS.keySet(), "option"),
                directives.readCalls(sections.get("parameters"), Tables.PARAMETERS.keySet(), "parameter"),
                directives.readCalls(sections.get("triggers"), Tables.TRIGGERS.keySet(), "trigger"),
                directives.readFields(sections.get("tools"), null, "tool"),
                directives.readCalls(sections.get("libraries"), Set.of("lib"), "library"),
                new StageReader(syntax, directives, steps).readStages(sections.get("stages"), false),
                directives.readPost(sections.get("post")),
                syntax.closures().size());
        call.setArguments(new ArgumentListExpression(new ListExpression(new ArrayList<>(syntax.closures()))));
    }
}
