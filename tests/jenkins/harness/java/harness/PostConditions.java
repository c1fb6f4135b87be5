package harness;

import java.util.Map;

/** Which post conditions hold, and running them in Declarative's order. */
final class PostConditions {
    private final Build build;
    private final Code code;

    PostConditions(Build build, Code code) {
        this.build = build;
        this.code = code;
    }

    boolean any(Map<String, Integer> conditions, Model.Stage stage, Throwable error, Result ofStage) {
        return conditions.keySet().stream().anyMatch(name -> holds(name, stage, error, ofStage));
    }

    /** Runs what holds; an error in one condition does not keep the next from running. Gives the first error. */
    Throwable run(Green green, Map<String, Integer> conditions, Model.Stage stage, Throwable before, Result ofStage) {
        Throwable error = before;
        for (String name : Tables.POST) {
            if (!conditions.containsKey(name) || !holds(name, stage, error, ofStage)) {
                continue;
            }
            build.log("Post stage: " + name);
            try {
                code.run(green, conditions.get(name));
            } catch (Throwable failed) {
                build.worsen(Result.of(failed));
                build.log("Error when executing " + name + " post condition: " + Build.message(failed));
                error = error == null ? failed : error;
            }
        }
        return error;
    }

    private boolean holds(String name, Model.Stage stage, Throwable error, Result ofStage) {
        Result now = build.currentResult().worst(error == null ? null : Result.of(error)).worst(ofStage);
        String before = build.request.text("previous_result");
        boolean aborted = error == null ? now == Result.ABORTED : Result.of(error) == Result.ABORTED;
        return switch (name) {
            case "always", "cleanup" -> true;
            case "changed" -> before == null || !now.name().equals(before);
            case "fixed" -> now == Result.SUCCESS && ("FAILURE".equals(before) || "UNSTABLE".equals(before));
            case "regression" -> before != null && now.ordinal() > Result.of((Object) before).ordinal();
            case "aborted" -> aborted;
            case "failure" -> stage != null ? error != null && !aborted : now == Result.FAILURE;
            case "success" -> stage != null && build.currentResult() == Result.FAILURE && ofStage == Result.SUCCESS
                    ? error == null : now == Result.SUCCESS;
            case "unstable" -> now == Result.UNSTABLE;
            default -> now != Result.SUCCESS;
        };
    }
}
