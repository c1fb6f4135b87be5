package harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Why a run is not green: its kind, a sentence, and where. */
record Problem(String kind, String message, Place place, List<Place> stack) {
    Problem(String kind, String message, Place place) {
        this(kind, message, place, List.of());
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", kind);
        map.put("message", message);
        map.put("place", place.toString());
        map.put("line", place.line());
        map.put("column", place.column());
        map.put("stack", stack.stream().map(Place::toString).toList());
        return map;
    }
}
