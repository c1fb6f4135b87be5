package harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the enclosing blocks give a step: environment, folder, machine, secrets, what may stop it. */
record Context(
        List<Map.Entry<String, String>> overrides,
        Path folder,
        Agent agent,
        Secrets secrets,
        Scope scope,
        List<String> stages,
        List<String> blocks,
        String noAgent) {

    Context withEnvironment(List<Map.Entry<String, String>> more) {
        return new Context(joined(overrides, more), folder, agent, secrets, scope, stages, blocks, noAgent);
    }

    Context withFolder(Path there) {
        return new Context(overrides, there, agent, secrets, scope, stages, blocks, noAgent);
    }

    Context withAgent(Agent machine) {
        return new Context(overrides, machine.workspace(), machine, secrets, scope, stages, blocks, noAgent);
    }

    Context withSecrets(Secrets more) {
        return new Context(overrides, folder, agent, more, scope, stages, blocks, noAgent);
    }

    Context withScope(Scope inner) {
        return new Context(overrides, folder, agent, secrets, inner, stages, blocks, noAgent);
    }

    Context withStage(String name) {
        return new Context(overrides, folder, agent, secrets, scope, joined(stages, List.of(name)), blocks, noAgent);
    }

    Context withBlock(String name) {
        return new Context(overrides, folder, agent, secrets, scope, stages, joined(blocks, List.of(name)), noAgent);
    }

    /** With the reason to give when a step needs a machine and there is none. */
    Context withNoAgent(String reason) {
        return new Context(overrides, folder, agent, secrets, scope, stages, blocks, reason);
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
