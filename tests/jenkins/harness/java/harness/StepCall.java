package harness;

/** What a pipeline asks for when it calls a step: handed from the CPS engine to the harness. */
record StepCall(String name, Object[] args) {}
