package harness;

import com.cloudbees.groovy.cps.sandbox.CallSiteTag;

/** On the calls of a library that is not trusted. */
public final class LibraryCode implements CallSiteTag {
    public static final LibraryCode INSTANCE = new LibraryCode();

    private LibraryCode() {}

    private Object readResolve() {
        return INSTANCE;
    }
}
