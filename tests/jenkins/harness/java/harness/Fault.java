package harness;

/** Something the harness refuses: it fails the run even when the pipeline catches it. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
    final String kind;
    transient Place place;

    Fault(String kind, String message) {
        this(kind, message, Place.NOWHERE);
    }

    Fault(String kind, String message, Place place) {
        super(message);
        this.kind = kind;
        this.place = place;
    }
}
