package harness;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code currentBuild}: the result so far, which can only get worse, and the build before. */
public final class CurrentBuild implements Serializable {
    private static final long serialVersionUID = 1;
    private final transient Build build;
    private String displayName;
    private String description;

    CurrentBuild(Build build) {
        this.build = build;
        this.displayName = "#" + getNumber();
    }

    public String getResult() {
        return build.result == null ? null : build.result.name();
    }

    public void setResult(String result) {
        build.worsen(Result.of(result));
    }

    public String getCurrentResult() {
        return build.currentResult().name();
    }

    public boolean resultIsBetterOrEqualTo(String other) {
        return build.currentResult().ordinal() <= Result.of(other).ordinal();
    }

    public boolean resultIsWorseOrEqualTo(String other) {
        return build.currentResult().ordinal() >= Result.of(other).ordinal();
    }

    public int getNumber() {
        return Integer.parseInt(build.request.textMap("environment").getOrDefault("BUILD_NUMBER", "1"));
    }

    public String getId() {
        return String.valueOf(getNumber());
    }

    public String getDisplayName() {
        return displayName;
    }

    public void setDisplayName(String name) {
        displayName = name;
    }

    public String getDescription() {
        return description;
    }

    public void setDescription(String text) {
        description = text;
    }

    public String getFullProjectName() {
        return build.request.textMap("environment").getOrDefault("JOB_NAME", "job");
    }

    public String getProjectName() {
        String name = getFullProjectName();
        return name.substring(name.lastIndexOf('/') + 1);
    }

    public String getFullDisplayName() {
        return getFullProjectName().replace("/", " » ") + " " + displayName;
    }

    public List<?> getBuildCauses() {
        return build.request.list("causes");
    }

    /** Those of a class; of a user's, {@code userId} is who that is. */
    public List<?> getBuildCauses(String type) {
        List<Object> found = new ArrayList<>();
        for (Object each : build.request.list("causes")) {
            if (each instanceof Map<?, ?> cause && type.equals("hudson.model.Cause$" + cause.get("type"))) {
                Map<String, Object> told = new LinkedHashMap<>();
                told.put("_class", type);
                told.put("userId", cause.get("detail"));
                found.add(told);
            }
        }
        return found;
    }

    public List<?> getChangeSets() {
        return List.of();
    }

    public Map<String, Object> getBuildVariables() {
        return new LinkedHashMap<>(build.request.map("parameters"));
    }

    public long getDuration() {
        return 0;
    }

    public String getDurationString() {
        return "0 sec and counting";
    }

    public Previous getPreviousBuild() {
        String result = build.request.text("previous_result");
        return result == null ? null : new Previous(getNumber() - 1, result);
    }

    public Previous getPreviousSuccessfulBuild() {
        Previous previous = getPreviousBuild();
        return previous != null && previous.getResult().equals("SUCCESS") ? previous : null;
    }

    /** The build before this one. */
    public record Previous(int number, String result) implements Serializable {
        public int getNumber() {
            return number;
        }

        public String getResult() {
            return result;
        }

        public String getCurrentResult() {
            return result;
        }
    }
}
