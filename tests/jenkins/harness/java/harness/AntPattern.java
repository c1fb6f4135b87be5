package harness;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Ant's file patterns, as Jenkins uses them for artifacts, stashes, reports and branch names. */
final class AntPattern {
    /** What Ant leaves out unless told otherwise. */
    private static final List<String> DEFAULT_EXCLUDES = List.of(
            "**/*~", "**/#*#", "**/.#*", "**/%*%", "**/._*", "**/CVS", "**/CVS/**", "**/.cvsignore",
            "**/SCCS", "**/SCCS/**", "**/vssver.scc", "**/.svn", "**/.svn/**", "**/.DS_Store",
            "**/.git", "**/.git/**", "**/.gitattributes", "**/.gitignore", "**/.gitmodules",
            "**/.hg", "**/.hg/**", "**/.hgignore", "**/.hgsub", "**/.hgsubstate", "**/.hgtags",
            "**/.bzr", "**/.bzr/**", "**/.bzrignore");

    private AntPattern() {}

    static boolean matches(String pattern, String path, boolean caseSensitive) {
        String wanted = pattern.endsWith("/") ? pattern + "**" : pattern;
        String[] w = wanted.split("/");
        String[] p = path.split("/");
        return matches(w, 0, p, 0, caseSensitive);
    }

    private static boolean matches(String[] w, int i, String[] p, int j, boolean caseSensitive) {
        if (i == w.length) {
            return j == p.length;
        }
        if (w[i].equals("**")) {
            for (int k = j; k <= p.length; k++) {
                if (matches(w, i + 1, p, k, caseSensitive)) {
                    return true;
                }
            }
            return false;
        }
        return j < p.length && segment(w[i], p[j], caseSensitive) && matches(w, i + 1, p, j + 1, caseSensitive);
    }

    private static boolean segment(String wanted, String text, boolean caseSensitive) {
        StringBuilder regex = new StringBuilder();
        for (char c : wanted.toCharArray()) {
            regex.append(c == '*' ? ".*" : c == '?' ? "." : java.util.regex.Pattern.quote(String.valueOf(c)));
        }
        int flags = java.util.regex.Pattern.DOTALL | (caseSensitive ? 0 : java.util.regex.Pattern.CASE_INSENSITIVE);
        return java.util.regex.Pattern.compile(regex.toString(), flags).matcher(text).matches();
    }

    /** Files under {@code root}, relative and sorted, that a comma-separated pattern list selects. */
    static List<String> select(Path root, String includes, String excludes, boolean defaultExcludes) throws IOException {
        List<String> wanted = parts(includes == null || includes.isBlank() ? "**" : includes);
        List<String> unwanted = new ArrayList<>(parts(excludes == null ? "" : excludes));
        if (defaultExcludes) {
            unwanted.addAll(DEFAULT_EXCLUDES);
        }
        Set<String> found = new TreeSet<>();
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            walk.filter(Files::isRegularFile).forEach(file -> {
                String path = root.relativize(file).toString();
                if (any(wanted, path) && !any(unwanted, path)) {
                    found.add(path);
                }
            });
        }
        return List.copyOf(found);
    }

    private static List<String> parts(String patterns) {
        return Arrays.stream(patterns.split(",")).map(String::trim).filter(p -> !p.isEmpty()).toList();
    }

    private static boolean any(List<String> patterns, String path) {
        return patterns.stream().anyMatch(p -> matches(p, path, true));
    }
}
