package harness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happened, in order: the answer to one run. */
final class Trace {
    final List<Map<String, Object>> stages = new ArrayList<>();
    final List<Map<String, Object>> steps = new ArrayList<>();
    final List<Problem> problems = new ArrayList<>();
    final List<Map<String, Object>> libraries = new ArrayList<>();
    final List<Map<String, Object>> agents = new ArrayList<>();
    final List<Map<String, Object>> reports = new ArrayList<>();
    final List<String> archived = new ArrayList<>();
    final Map<String, List<String>> stashes = new LinkedHashMap<>();
    final List<Map<String, Object>> options = new ArrayList<>();

    Map<String, Object> step(String name, Green green, Map<String, Object> args, List<Place> stack) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("name", name);
        step.put("arguments", green.context.secrets().maskDeep(args));
        step.put("place", stack.isEmpty() ? "" : stack.get(0).toString());
        step.put("stack", stack.stream().map(Place::toString).toList());
        step.put("stage", String.join("/", green.context.stages()));
        step.put("blocks", green.context.blocks());
        step.put("error", null);
        steps.add(step);
        return step;
    }

    Map<String, Object> stage(String name, List<String> parents, Place place) {
        Map<String, Object> stage = new LinkedHashMap<>();
        List<String> path = new ArrayList<>(parents);
        path.add(name);
        stage.put("name", name);
        stage.put("path", String.join("/", path));
        stage.put("status", "run");
        stage.put("reason", "");
        stage.put("place", place.toString());
        stages.add(stage);
        return stage;
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("stages", stages);
        map.put("steps", steps);
        map.put("problems", problems.stream().map(Problem::toMap).toList());
        map.put("libraries", libraries);
        map.put("agents", agents);
        map.put("reports", reports);
        map.put("archived", archived);
        map.put("stashes", stashes);
        map.put("options", options);
        return map;
    }
}
