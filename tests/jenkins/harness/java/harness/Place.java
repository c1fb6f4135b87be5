package harness;

/** Where something stands in a source file; {@code line} 0 means unknown. */
public record Place(String file, int line, int column) {
    static final Place NOWHERE = new Place("", 0, 0);

    @Override
    public String toString() {
        return line > 0 ? file + ":" + line : file;
    }
}
