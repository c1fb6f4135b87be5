package harness;

import java.util.List;
import java.util.Map;
import org.codehaus.groovy.runtime.typehandling.DefaultTypeTransformation;

/** The conditions of a {@code when}, asked of the environment as it is on entering the stage. */
final class Conditions {
    private final Green green;
    private final Code code;

    Conditions(Green green, Code code) {
        this.green = green;
        this.code = code;
    }

    /** The condition that keeps the stage from running, or null. */
    Model.Condition firstFalse(List<Model.Condition> conditions) throws Throwable {
        for (Model.Condition condition : conditions) {
            if (!holds(condition)) {
                return condition;
            }
        }
        return null;
    }

    private boolean holds(Model.Condition condition) throws Throwable {
        switch (condition.name()) {
            case "not":
                return !holds(condition.children().get(0));
            case "allOf":
                return firstFalse(condition.children()) == null;
            case "anyOf":
                for (Model.Condition child : condition.children()) {
                    if (holds(child)) {
                        return true;
                    }
                }
                return false;
            case "expression":
                return DefaultTypeTransformation.castToBoolean(code.run(green, condition.args()));
            default:
                return leaf(condition);
        }
    }

    private boolean leaf(Model.Condition condition) throws Throwable {
        Map<String, Object> args = code.named(green, condition, Tables.CONDITIONS.get(condition.name()));
        Map<String, String> environment = green.build.variables.environment(green.context);
        return switch (condition.name()) {
            case "branch" -> matches(args, "pattern", "GLOB", environment.get("BRANCH_NAME"));
            case "tag" -> environment.containsKey("TAG_NAME")
                    && (args.get("pattern") == null || matches(args, "pattern", "GLOB", environment.get("TAG_NAME")));
            case "buildingTag" -> environment.containsKey("TAG_NAME");
            case "changeRequest" -> changeRequest(args, environment);
            case "environment" -> environment(args, environment);
            case "equals" -> DefaultTypeTransformation.compareEqual(args.get("expected"), args.get("actual"));
            case "triggeredBy" -> triggered(args);
            default -> throw new IllegalStateException(condition.name());
        };
    }

    private static boolean changeRequest(Map<String, Object> args, Map<String, String> environment) {
        if (!environment.containsKey("CHANGE_ID")) {
            return false;
        }
        Map<String, String> fields = Map.of(
                "id", "CHANGE_ID", "target", "CHANGE_TARGET", "branch", "CHANGE_BRANCH", "fork", "CHANGE_FORK",
                "url", "CHANGE_URL", "title", "CHANGE_TITLE", "author", "CHANGE_AUTHOR",
                "authorDisplayName", "CHANGE_AUTHOR_DISPLAY_NAME", "authorEmail", "CHANGE_AUTHOR_EMAIL");
        return args.keySet().stream().filter(fields::containsKey)
                .allMatch(key -> matches(args, key, "EQUALS", environment.getOrDefault(fields.get(key), "")));
    }

    private static boolean environment(Map<String, Object> args, Map<String, String> environment) {
        String actual = environment.getOrDefault(String.valueOf(args.get("name")), "");
        String wanted = String.valueOf(args.get("value"));
        return Boolean.TRUE.equals(args.get("ignoreCase")) ? actual.equalsIgnoreCase(wanted) : actual.equals(wanted);
    }

    private boolean triggered(Map<String, Object> args) {
        for (Object each : green.build.request.list("causes")) {
            Map<?, ?> cause = (Map<?, ?>) each;
            boolean detail = args.get("detail") == null || args.get("detail").equals(cause.get("detail"));
            if (args.get("cause").equals(cause.get("type")) && detail) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(Map<String, Object> args, String key, String otherwise, String actual) {
        if (actual == null) {
            return false;
        }
        String pattern = String.valueOf(args.get(key));
        Object comparator = args.get("comparator");
        return switch (comparator == null ? otherwise : comparator.toString().toUpperCase()) {
            case "GLOB" -> AntPattern.matches(pattern, actual, false);
            case "REGEXP" -> actual.matches(pattern);
            case "EQUALS" -> actual.equals(pattern);
            default -> throw Green.current().build.refuse("declarative", "unknown comparator \"" + comparator + "\"");
        };
    }
}
