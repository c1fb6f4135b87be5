package harness;

import java.util.Map;
import java.util.TreeMap;

/** Every step the harness knows. A step that is not here fails the run by name. */
final class StepTable {
    private StepTable() {}

    private static final String BASIC = "workflow-basic-steps";
    private static final String DURABLE = "workflow-durable-task-step";

    static final Map<String, Step> STEPS = steps();

    private static Map<String, Step> steps() {
        Map<String, Step> t = new TreeMap<>();
        // flow
        block(t, "catchError", BASIC, "buildResult^ stageResult message catchInterruptions:b", FlowSteps::catchError);
        block(t, "warnError", BASIC, "message! catchInterruptions:b", FlowSteps::warnError);
        block(t, "retry", BASIC, "count!:i conditions:l", FlowSteps::retry);
        block(t, "timeout", BASIC, "time!:i unit activity:b", FlowSteps::timeout);
        block(t, "waitUntil", BASIC, "initialRecurrencePeriod:i quiet:b", FlowSteps::waitUntil);
        block(t, "stage", "pipeline-stage-step", "name!", FlowSteps::stage);
        block(t, "script", "pipeline-model-definition", "", FlowSteps::plainBlock);
        block(t, "timestamps", "timestamper", "", FlowSteps::plainBlock);
        block(t, "ansiColor", "ansicolor", "colorMapName!", FlowSteps::plainBlock);
        block(t, "lock", "lockable-resources",
                "resource^ label quantity:i inversePrecedence:b variable skipIfLocked:b extra:l", FlowSteps::plainBlock);
        now(t, "echo", BASIC, "message!", FlowSteps::echo);
        now(t, "error", BASIC, "message!", FlowSteps::error);
        now(t, "unstable", BASIC, "message!", FlowSteps::unstable);
        now(t, "milestone", "pipeline-milestone-step", "ordinal^:i label unsafe:b", FlowSteps::recorded);
        plain(t, "sleep", BASIC, "time!:i unit", FlowSteps::sleep);
        plain(t, "input", "pipeline-input-step",
                "message! id ok cancel submitter submitterParameter parameters:l", FlowSteps::input);
        plain(t, "build", "pipeline-build-step", "job! parameters:l wait:b propagate:b quietPeriod:i waitForStart:b",
                FlowSteps::build);
        plain(t, "properties", "workflow-multibranch", "properties!:l", FlowSteps::recorded);
        // environment and secrets
        block(t, "withEnv", BASIC, "overrides!:l", FlowSteps::withEnv);
        block(t, "withCredentials", "credentials-binding", "bindings!:l", CredentialSteps::withCredentials);
        // machines
        block(t, "node", DURABLE, "label^", AgentSteps::node);
        block(t, "podTemplate", "kubernetes",
                "yaml yamlFile label name inheritFrom namespace cloud serviceAccount containers:l volumes:l"
                        + " nodeSelector workingDir showRawYaml:b", AgentSteps::podTemplate);
        machineBlock(t, "container", "kubernetes", "name! shell", AgentSteps::container);
        machine(t, "checkout", "workflow-scm-step", "scm!:o poll:b changelog:b", AgentSteps::checkout);
        // files and processes
        machine(t, "sh", DURABLE, "script! label returnStdout:b returnStatus:b encoding", ShellStep::run);
        machine(t, "bat", DURABLE, "script! label returnStdout:b returnStatus:b encoding", ShellStep::refused);
        machine(t, "powershell", DURABLE, "script! label returnStdout:b returnStatus:b encoding", ShellStep::refused);
        machine(t, "pwsh", DURABLE, "script! label returnStdout:b returnStatus:b encoding", ShellStep::refused);
        machineNow(t, "isUnix", BASIC, "", in -> true);
        machineNow(t, "pwd", BASIC, "tmp:b", FileSteps::pwd);
        machine(t, "readFile", BASIC, "file! encoding", FileSteps::readFile);
        machine(t, "writeFile", BASIC, "file! text! encoding", FileSteps::writeFile);
        machine(t, "fileExists", BASIC, "file!", FileSteps::fileExists);
        machine(t, "deleteDir", BASIC, "", FileSteps::deleteDir);
        machine(t, "cleanWs", "ws-cleanup",
                "cleanWhenAborted:b cleanWhenFailure:b cleanWhenNotBuilt:b cleanWhenSuccess:b cleanWhenUnstable:b"
                        + " cleanupMatrixParent:b deleteDirs:b disableDeferredWipeout:b notFailBuild:b"
                        + " patterns:l skipWhenFailed:b externalDelete", FileSteps::cleanWs);
        machineBlock(t, "dir", BASIC, "path!", FileSteps::dir);
        machine(t, "stash", BASIC, "name! includes excludes useDefaultExcludes:b allowEmpty:b", FileSteps::stash);
        machine(t, "unstash", BASIC, "name!", FileSteps::unstash);
        machine(t, "archiveArtifacts", BASIC,
                "artifacts! excludes allowEmptyArchive:b onlyIfSuccessful:b fingerprint:b defaultExcludes:b"
                        + " caseSensitive:b followSymlinks:b", ReportSteps::archiveArtifacts);
        machine(t, "junit", "junit",
                "testResults! allowEmptyResults:b keepLongStdio:b healthScaleFactor:o skipPublishingChecks:b"
                        + " checksName skipMarkingBuildUnstable:b testDataPublishers:l skipOldReports:b",
                ReportSteps::junit);
        // JSON
        plain(t, "readJSON", "pipeline-utility-steps", "file text returnPojo:b", FileSteps::readJson);
        plain(t, "writeJSON", "pipeline-utility-steps", "json!:o file pretty:i returnText:b", FileSteps::writeJson);
        // libraries
        plain(t, "library", "pipeline-groovy-lib", "identifier! changelog:b retriever:o", AgentSteps::library);
        plain(t, "libraryResource", "pipeline-groovy-lib", "resource! encoding", AgentSteps::libraryResource);
        return t;
    }

    private static void plain(Map<String, Step> t, String name, String plugin, String params, Step.Action action) {
        t.put(name, new Step(plugin, Params.of(params), false, false, false, action));
    }

    private static void now(Map<String, Step> t, String name, String plugin, String params, Step.Action action) {
        t.put(name, new Step(plugin, Params.of(params), false, false, true, action));
    }

    private static void block(Map<String, Step> t, String name, String plugin, String params, Step.Action action) {
        t.put(name, new Step(plugin, Params.of(params), true, false, false, action));
    }

    private static void machine(Map<String, Step> t, String name, String plugin, String params, Step.Action action) {
        t.put(name, new Step(plugin, Params.of(params), false, true, false, action));
    }

    private static void machineNow(Map<String, Step> t, String name, String plugin, String params, Step.Action action) {
        t.put(name, new Step(plugin, Params.of(params), false, true, true, action));
    }

    private static void machineBlock(Map<String, Step> t, String name, String plugin, String params, Step.Action action) {
        t.put(name, new Step(plugin, Params.of(params), true, true, false, action));
    }
}
