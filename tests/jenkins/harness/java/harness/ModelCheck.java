package harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What can be said of a model before it runs: arguments of options, and plugins, also of stages that are skipped. */
final class ModelCheck {
    private final Build build;
    private Fault first;

    ModelCheck(Build build) {
        this.build = build;
    }

    void check(Model.Pipeline model) {
        options(model.options());
        calls(model.parameters(), Tables.PARAMETERS);
        calls(model.triggers(), Tables.TRIGGERS);
        for (Model.Call trigger : model.triggers()) {
            plugin(Tables.TRIGGER_PLUGINS.get(trigger.name()), "trigger", trigger);
        }
        plugin("pipeline-model-definition", "pipeline", new Model.Call("pipeline", 0, List.of(), 0, Place.NOWHERE));
        stages(model.stages());
        if (first != null) {
            throw first;
        }
    }

    private void stages(List<Model.Stage> stages) {
        for (Model.Stage stage : stages) {
            options(stage.options());
            if (stage.input() != null) {
                calls(stage.input().parameters(), Tables.PARAMETERS);
            }
            stages(stage.sequence());
            stages(stage.parallel());
        }
    }

    private void options(List<Model.Call> calls) {
        for (Model.Call call : calls) {
            Tables.Option option = Tables.OPTIONS.get(call.name());
            arguments(call, option.params());
            plugin(option.plugin(), "option", call);
        }
    }

    private void calls(List<Model.Call> calls, Map<String, Params> table) {
        calls.forEach(call -> arguments(call, table.get(call.name())));
    }

    private void arguments(Model.Call call, Params params) {
        for (String problem : new ArrayList<>(params.problems(call.positional(), call.keys()))) {
            note(build.refuse("declarative", call.name() + ": " + problem, List.of(call.place())));
        }
    }

    private void plugin(String plugin, String what, Model.Call call) {
        try {
            build.requirePlugin(plugin, what + " '" + call.name() + "'", List.of(call.place()));
        } catch (Fault fault) {
            note(fault);
        }
    }

    private void note(Fault fault) {
        first = first == null ? fault : first;
    }
}
