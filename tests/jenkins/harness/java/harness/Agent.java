package harness;

import java.nio.file.Path;

/** One allocation of a machine: its workspace, and the pod's text when it is a pod. */
record Agent(String kind, String label, Path workspace, String podYaml) {
    /** Beside the workspace, where Jenkins keeps scripts and secret files. */
    Path temporary() {
        return workspace.resolveSibling(workspace.getFileName() + "@tmp");
    }
}
