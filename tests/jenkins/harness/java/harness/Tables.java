package harness;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What Declarative and its plugins know, as literal tables: adding one thing is one line. */
final class Tables {
    private Tables() {}

    /** Post conditions in the order in which they run. */
    static final List<String> POST = List.of(
            "always", "changed", "fixed", "regression", "aborted", "failure", "success", "unstable", "unsuccessful",
            "cleanup");

    static final Set<String> WHEN_FLAGS = Set.of("beforeAgent", "beforeInput", "beforeOptions");

    static final Map<String, Params> CONDITIONS = table(
            "allOf", "",
            "anyOf", "",
            "not", "",
            "expression", "",
            "branch", "pattern! comparator",
            "buildingTag", "",
            "changeRequest", "id target branch fork url title author authorDisplayName authorEmail comparator",
            "environment", "name! value! ignoreCase:b",
            "equals", "expected!:o actual!:o",
            "tag", "pattern^ comparator",
            "triggeredBy", "cause! detail");

    static final Set<String> INPUT = Set.of("message", "id", "ok", "submitter", "submitterParameter");

    static final Map<String, Set<String>> AGENTS = Map.of(
            "node", Set.of("label", "customWorkspace"),
            "kubernetes", Set.of("yaml", "yamlFile", "yamlMergeStrategy", "inheritFrom", "label", "defaultContainer",
                    "cloud", "namespace", "serviceAccount", "nodeSelector", "workingDir", "customWorkspace",
                    "idleMinutes", "instanceCap", "slaveConnectTimeout", "activeDeadlineSeconds", "podRetention",
                    "showRawYaml", "retries", "hostNetwork", "workspaceVolume", "containerTemplate",
                    "containerTemplates", "supplementalGroups", "schedulerName"));

    /** Pipeline options; the plugin is the one that brings the option. */
    record Option(String plugin, Params params) {}

    static final Map<String, Option> OPTIONS = options(
            "ansiColor", "ansicolor", "colorMapName!",
            "buildDiscarder", "core", "strategy!:o",
            "checkoutToSubdirectory", "pipeline-model-definition", "subdirectory!",
            "disableConcurrentBuilds", "workflow-job", "abortPrevious:b",
            "disableRestartFromStage", "pipeline-model-definition", "",
            "disableResume", "workflow-job", "",
            "durabilityHint", "workflow-job", "hint!",
            "lock", "lockable-resources", "resource^ label quantity:i inversePrecedence:b variable skipIfLocked:b",
            "overrideIndexTriggers", "branch-api", "enableTriggers!:b",
            "parallelsAlwaysFailFast", "pipeline-model-definition", "",
            "preserveStashes", "pipeline-model-definition", "buildCount:i",
            "quietPeriod", "pipeline-model-definition", "quietPeriod!:i",
            "rateLimitBuilds", "branch-api", "throttle!:o",
            "retry", "workflow-basic-steps", "count!:i conditions:l",
            "skipDefaultCheckout", "pipeline-model-definition", "skipDefaultCheckout^:b",
            "skipStagesAfterUnstable", "pipeline-model-definition", "",
            "timeout", "workflow-basic-steps", "time!:i unit activity:b",
            "timestamps", "timestamper", "");

    static final Set<String> STAGE_OPTIONS = Set.of(
            "ansiColor", "checkoutToSubdirectory", "lock", "retry", "skipDefaultCheckout", "timeout", "timestamps");

    /** Options that wrap the stages like a step of the same name. */
    static final Set<String> WRAPPERS = Set.of("ansiColor", "lock", "retry", "timeout", "timestamps");

    static final Map<String, Params> PARAMETERS = table(
            "booleanParam", "name! defaultValue:b description",
            "choice", "name! choices!:o description",
            "password", "name! defaultValue:s description",
            "string", "name! defaultValue description trim:b",
            "text", "name! defaultValue description trim:b");

    static final Map<String, Params> TRIGGERS = table(
            "cron", "spec!",
            "githubPush", "",
            "pollSCM", "scmpoll_spec! ignorePostCommitHooks:b",
            "upstream", "upstreamProjects! threshold:o");

    static final Map<String, String> TRIGGER_PLUGINS =
            Map.of("cron", "core", "pollSCM", "core", "upstream", "core", "githubPush", "github");

    /** Data that looks like a call. Several meanings share a name (a parameter and a binding), so all are allowed. */
    static final Map<String, Params> SYMBOLS = table(
            "booleanParam", "name! defaultValue:b value:b description",
            "branchIndexing", "",
            "choice", "name! choices!:o description",
            "cron", "spec!",
            "developers", "",
            "file", "credentialsId variable name description",
            "lib", "name! changelog:b retriever:o",
            "logRotator", "daysToKeepStr numToKeepStr artifactDaysToKeepStr artifactNumToKeepStr removeLastBuild:b",
            "merge", "",
            "override", "",
            "password", "name! defaultValue value description",
            "pollSCM", "scmpoll_spec!",
            "scmGit", "branches!:l userRemoteConfigs!:l extensions:l browser:o gitTool",
            "sshUserPrivateKey", "credentialsId! keyFileVariable! passphraseVariable usernameVariable",
            "string", "credentialsId variable name defaultValue value description trim:b",
            "text", "name! defaultValue value description trim:b",
            "usernameColonPassword", "credentialsId! variable!",
            "usernamePassword", "credentialsId! usernameVariable! passwordVariable!",
            "agent", "", "kubernetesAgent", "handleNonKubernetes:b", "nonresumable", "");

    /** Plugins that bring others with them: naming the first is enough. */
    static final Map<String, List<String>> BRINGS = Map.of(
            "workflow-aggregator", List.of(
                    "workflow-api", "workflow-basic-steps", "workflow-cps", "workflow-durable-task-step",
                    "workflow-job", "workflow-multibranch", "workflow-scm-step", "workflow-step-api",
                    "workflow-support", "pipeline-build-step", "pipeline-groovy-lib", "pipeline-input-step",
                    "pipeline-milestone-step", "pipeline-model-definition", "pipeline-stage-step"),
            "pipeline-model-definition", List.of(
                    "credentials-binding", "pipeline-input-step", "pipeline-stage-step", "pipeline-groovy-lib",
                    "workflow-basic-steps", "workflow-durable-task-step", "workflow-multibranch",
                    "workflow-scm-step", "workflow-job", "workflow-cps", "branch-api", "credentials"),
            "workflow-multibranch", List.of("branch-api", "workflow-job", "workflow-scm-step"),
            "credentials-binding", List.of("credentials", "plain-credentials", "ssh-credentials"),
            "kubernetes", List.of("workflow-durable-task-step", "credentials"),
            "github", List.of("git", "plain-credentials"),
            "git", List.of("workflow-scm-step", "credentials", "ssh-credentials"));

    private static Map<String, Params> table(String... rows) {
        Map<String, Params> table = new TreeMap<>();
        for (int i = 0; i < rows.length; i += 2) {
            table.put(rows[i], Params.of(rows[i + 1]));
        }
        return table;
    }

    private static Map<String, Option> options(String... rows) {
        Map<String, Option> table = new TreeMap<>();
        for (int i = 0; i < rows.length; i += 3) {
            table.put(rows[i], new Option(rows[i + 1], Params.of(rows[i + 2])));
        }
        return table;
    }
}
