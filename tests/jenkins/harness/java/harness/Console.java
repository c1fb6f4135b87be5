package harness;

/** The build's log: whole lines, each masked with the secrets in force where it was written. */
final class Console {
    private final StringBuilder text = new StringBuilder();

    synchronized void line(Secrets secrets, String message) {
        for (String line : message.split("\r?\n", -1)) {
            text.append(secrets.mask(line)).append('\n');
        }
    }

    @Override
    public synchronized String toString() {
        return text.toString();
    }
}
