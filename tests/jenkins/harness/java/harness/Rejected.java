package harness;

import java.util.List;

/** A file that does not compile or breaks Declarative's rules: every fault at once. */
final class Rejected extends Exception {
    private static final long serialVersionUID = 1;
    final transient List<Problem> problems;

    Rejected(List<Problem> problems) {
        super(problems.get(0).message());
        this.problems = problems;
    }
}
