package harness;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.AnnotationNode;
import org.codehaus.groovy.ast.ModuleNode;
import org.codehaus.groovy.ast.expr.ArgumentListExpression;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.DeclarationExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.GStringExpression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
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
    private static final Set<String> STAGE = Set.of(
            "agent", "environment", "options", "tools", "when", "input", "steps", "stages", "parallel", "failFast",
            "post");
    private static final Set<String> UNSUPPORTED = Set.of("matrix", "axes", "excludes");

    private final Syntax syntax;
    private final StepsCheck steps;
    private Model.Pipeline pipeline;
    private final List<String> libraries = new ArrayList<>();

    Declaration(SourceUnit source, List<Problem> problems, Names names) {
        this.syntax = new Syntax(source, problems);
        this.steps = new StepsCheck(syntax, names);
    }

    /** The model, or null when the file is a scripted pipeline. */
    Model.Pipeline pipeline() {
        return pipeline;
    }

    /** Each {@code name@version} that an {@code @Library} asks for. */
    List<String> libraries() {
        return libraries;
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
            } else if (s.getExpression() instanceof MethodCallExpression call
                    && call.isImplicitThis() && "pipeline".equals(call.getMethodAsString())) {
                readPipeline(call);
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
        Map<String, Entry> sections = sections(body, PIPELINE, "section");
        if (!sections.containsKey("agent")) {
            syntax.problem("Missing required section \"agent\"", call);
        }
        if (!sections.containsKey("stages")) {
            syntax.problem("Missing required section \"stages\"", call);
        }
        pipeline = new Model.Pipeline(
                readAgent(sections.get("agent")),
                readEnvironment(sections.get("environment")),
                readCalls(sections.get("options"), Tables.OPTIONS.keySet(), "option"),
                readCalls(sections.get("parameters"), Tables.PARAMETERS.keySet(), "parameter"),
                readCalls(sections.get("triggers"), Tables.TRIGGERS.keySet(), "trigger"),
                readFields(sections.get("tools"), null, "tool"),
                readCalls(sections.get("libraries"), Set.of("lib"), "library"),
                readStages(sections.get("stages"), false),
                readPost(sections.get("post")),
                syntax.closures().size());
        call.setArguments(new ArgumentListExpression(new ListExpression(new ArrayList<>(syntax.closures()))));
    }

    private Map<String, Entry> sections(ClosureExpression body, Collection<String> allowed, String what) {
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

    private List<Model.Stage> readStages(Entry section, boolean inParallel) {
        List<Model.Stage> stages = new ArrayList<>();
        if (section == null) {
            return stages;
        }
        ClosureExpression body = block(section);
        if (body == null) {
            return stages;
        }
        Set<String> names = new HashSet<>();
        for (Entry entry : syntax.entries(body)) {
            if (!entry.name().equals("stage")) {
                syntax.problem("Expected a stage, not \"" + entry.name() + "\"", entry.call());
                continue;
            }
            Model.Stage stage = readStage(entry, inParallel);
            if (stage != null && !names.add(stage.name())) {
                syntax.problem("Duplicate stage name: \"" + stage.name() + "\"", entry.call());
            }
            if (stage != null) {
                stages.add(stage);
            }
        }
        if (stages.isEmpty()) {
            syntax.problem("No stages specified", section.call());
        }
        return stages;
    }

    private Model.Stage readStage(Entry entry, boolean inParallel) {
        List<Expression> args = entry.positional();
        ClosureExpression body = entry.closure();
        if (args.size() != 1 || body == null) {
            syntax.problem("Expected stage('name') { … }", entry.call());
            return null;
        }
        if (!(args.get(0) instanceof ConstantExpression c) || !(c.getValue() instanceof String name)) {
            syntax.problem("Expected string literal: a stage's name is a constant", args.get(0));
            return null;
        }
        if (name.isBlank()) {
            syntax.problem("Stage does not have a name", entry.call());
        }
        Map<String, Entry> sections = sections(body, STAGE, "stage's section");
        checkStage(name, sections, inParallel, entry.call());
        boolean parallel = sections.containsKey("parallel");
        return new Model.Stage(
                name,
                syntax.place(entry.call()),
                readAgent(sections.get("agent")),
                readEnvironment(sections.get("environment")),
                readCalls(sections.get("options"), Tables.STAGE_OPTIONS, "stage option"),
                readFields(sections.get("tools"), null, "tool"),
                readWhen(sections.get("when")),
                readInput(sections.get("input")),
                readSteps(sections.get("steps")),
                readStages(sections.get("stages"), inParallel),
                readStages(sections.get("parallel"), inParallel || parallel),
                readFlag(sections.get("failFast")),
                readPost(sections.get("post")));
    }

    private void checkStage(String name, Map<String, Entry> sections, boolean inParallel, ASTNode at) {
        List<String> kinds = List.of("steps", "stages", "parallel").stream().filter(sections::containsKey).toList();
        if (kinds.isEmpty()) {
            syntax.problem("No \"steps\", \"stages\" or \"parallel\" to execute within stage \"" + name + "\"", at);
        } else if (kinds.size() > 1) {
            syntax.problem("Only one of " + kinds + " allowed for stage \"" + name + "\"", at);
        }
        if (sections.containsKey("parallel")) {
            for (String forbidden : List.of("agent", "tools")) {
                if (sections.containsKey(forbidden)) {
                    syntax.problem("\"" + forbidden + "\" is not allowed in stage \"" + name
                            + "\" as it contains parallel stages", sections.get(forbidden).call());
                }
            }
            if (inParallel) {
                syntax.problem("Parallel stages cannot contain parallel stages: \"" + name + "\"", at);
            }
        } else if (sections.containsKey("failFast")) {
            syntax.problem("failFast is for a stage with parallel stages: \"" + name + "\"", at);
        }
    }

    private int readSteps(Entry section) {
        if (section == null) {
            return Model.NONE;
        }
        ClosureExpression body = block(section);
        if (body == null) {
            return Model.NONE;
        }
        if (Syntax.statements(body).isEmpty()) {
            syntax.problem("No steps specified: a steps block cannot be empty", section.call());
        }
        steps.check(body);
        return syntax.keep(body);
    }

    private boolean readFlag(Entry section) {
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

    private Map<String, Integer> readPost(Entry section) {
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

    private Model.Agent readAgent(Entry section) {
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
    private Map<String, Integer> readFields(Entry section, Set<String> allowed, String what) {
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

    private List<Model.Call> readCalls(Entry section, Collection<String> allowed, String what) {
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

    private Model.Input readInput(Entry section) {
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

    private List<Model.Variable> readEnvironment(Entry section) {
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

    private Model.When readWhen(Entry section) {
        ClosureExpression body = section == null ? null : block(section);
        if (body == null) {
            return null;
        }
        List<Model.Condition> conditions = new ArrayList<>();
        Map<String, Boolean> flags = new LinkedHashMap<>();
        for (Entry entry : syntax.entries(body)) {
            if (Tables.WHEN_FLAGS.contains(entry.name())) {
                flags.put(entry.name(), readFlag(entry));
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
                    + sorted(Tables.CONDITIONS.keySet()), entry.call());
            return new Model.Condition(name, Model.NONE, List.of(), name, place);
        }
        if (name.equals("expression")) {
            ClosureExpression code = block(entry);
            return new Model.Condition(name, code == null ? Model.NONE : syntax.keep(code), List.of(), name, place);
        }
        if (List.of("not", "allOf", "anyOf").contains(name)) {
            List<Model.Condition> children = new ArrayList<>();
            ClosureExpression body = block(entry);
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

    private ClosureExpression block(Entry entry) {
        if (entry.closure() == null || !entry.positional().isEmpty() || !entry.named().isEmpty()) {
            syntax.problem("Expected a block for " + entry.name(), entry.call());
            return null;
        }
        return entry.closure();
    }

    private static List<String> sorted(Collection<String> names) {
        return names.stream().sorted().toList();
    }
}
