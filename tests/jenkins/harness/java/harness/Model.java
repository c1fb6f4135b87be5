package harness;

import java.util.List;
import java.util.Map;

/** A Declarative pipeline as read from its syntax tree; code is named by its index in the list of closures. */
final class Model {
    private Model() {}

    /** No closure stands here. */
    static final int NONE = -1;

    /** {@code name(args)}: the closure gives {@code [positional…, named map]}. */
    record Call(String name, int args, List<String> keys, int positional, Place place) {}

    record Agent(String kind, Map<String, Integer> fields, Place place) {
        boolean none() {
            return kind.equals("none");
        }
    }

    /** One variable; {@code credentials} when the value is {@code credentials('id')}. */
    record Variable(String name, int value, boolean credentials, Place place) {}

    record Condition(String name, int args, List<Condition> children, String text, Place place) {}

    record When(List<Condition> conditions, boolean beforeAgent, boolean beforeInput, boolean beforeOptions) {}

    record Input(Map<String, Integer> fields, List<Call> parameters) {}

    record Stage(
            String name,
            Place place,
            Agent agent,
            List<Variable> environment,
            List<Call> options,
            Map<String, Integer> tools,
            When when,
            Input input,
            int steps,
            List<Stage> sequence,
            List<Stage> parallel,
            boolean failFast,
            Map<String, Integer> post) {}

    record Pipeline(
            Agent agent,
            List<Variable> environment,
            List<Call> options,
            List<Call> parameters,
            List<Call> triggers,
            Map<String, Integer> tools,
            List<Call> libraries,
            List<Stage> stages,
            Map<String, Integer> post,
            int closures) {}
}
