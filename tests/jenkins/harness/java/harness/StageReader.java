package harness;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;

/** {@code stages} and {@code parallel}, down to the steps. */
final class StageReader {
    private static final Set<String> SECTIONS = Set.of(
            "agent", "environment", "options", "tools", "when", "input", "steps", "stages", "parallel", "failFast",
            "post");

    private final Syntax syntax;
    private final Directives directives;
    private final WhenReader when;
    private final StepsCheck steps;

    StageReader(Syntax syntax, Directives directives, StepsCheck steps) {
        this.syntax = syntax;
        this.directives = directives;
        this.when = new WhenReader(syntax, directives);
        this.steps = steps;
    }

    List<Model.Stage> readStages(Entry section, boolean inParallel) {
        List<Model.Stage> stages = new ArrayList<>();
        if (section == null) {
            return stages;
        }
        ClosureExpression body = directives.block(section);
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
        Map<String, Entry> sections = directives.sections(body, SECTIONS, "stage's section");
        checkStage(name, sections, inParallel, entry.call());
        boolean parallel = sections.containsKey("parallel");
        return new Model.Stage(
                name,
                syntax.place(entry.call()),
                directives.readAgent(sections.get("agent")),
                directives.readEnvironment(sections.get("environment")),
                directives.readCalls(sections.get("options"), Tables.STAGE_OPTIONS, "stage option"),
                directives.readFields(sections.get("tools"), null, "tool"),
                when.read(sections.get("when")),
                directives.readInput(sections.get("input")),
                readSteps(sections.get("steps")),
                readStages(sections.get("stages"), inParallel),
                readStages(sections.get("parallel"), inParallel || parallel),
                directives.readFlag(sections.get("failFast")),
                directives.readPost(sections.get("post")));
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
        ClosureExpression body = directives.block(section);
        if (body == null) {
            return Model.NONE;
        }
        if (Syntax.statements(body).isEmpty()) {
            syntax.problem("No steps specified: a steps block cannot be empty", section.call());
        }
        steps.check(body);
        return syntax.keep(body);
    }
}
