package harness;

import com.cloudbees.groovy.cps.impl.CallSiteBlock;
import com.cloudbees.groovy.cps.impl.FunctionCallBlock;
import com.cloudbees.groovy.cps.impl.SourceLocation;
import com.cloudbees.groovy.cps.sandbox.DefaultInvoker;
import com.cloudbees.groovy.cps.sandbox.Invoker;
import com.cloudbees.groovy.cps.sandbox.Untrusted;
import java.lang.reflect.Field;

/** Performs a transformed program's calls; those of the Jenkinsfile and of untrusted libraries pass the sandbox first. */
final class SandboxInvoker extends DefaultInvoker {
    private static final long serialVersionUID = 1;
    static final SandboxInvoker TRUSTED = new SandboxInvoker(false, false);
    private static final SandboxInvoker SANDBOXED = new SandboxInvoker(true, false);
    private static final SandboxInvoker LIBRARY = new SandboxInvoker(true, true);
    private static final ThreadLocal<Place> LAST = ThreadLocal.withInitial(() -> Place.NOWHERE);
    private static final ThreadLocal<String> METHOD = new ThreadLocal<>();
    private static final Field LOCATION = location();

    private final boolean sandboxed;
    private final boolean library;

    private SandboxInvoker(boolean sandboxed, boolean library) {
        this.sandboxed = sandboxed;
        this.library = library;
    }

    private static Field location() {
        try {
            Field field = FunctionCallBlock.class.getDeclaredField("loc");
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("groovy-cps changed its call blocks", e);
        }
    }

    /** Where the call that is being made stands. */
    static Place lastPlace() {
        return LAST.get();
    }

    /** The method transformed code is calling right now; a step of another name comes from plain Groovy. */
    static String callInProgress() {
        return METHOD.get();
    }

    @Override
    public Invoker contextualize(CallSiteBlock site) {
        if (site instanceof FunctionCallBlock) {
            try {
                SourceLocation where = (SourceLocation) LOCATION.get(site);
                if (where != null) {
                    StackTraceElement at = where.toStackTrace();
                    LAST.set(new Place(String.valueOf(at.getFileName()), Math.max(0, at.getLineNumber()), 0));
                }
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        if (site.getTags().contains(LibraryCode.INSTANCE)) {
            return LIBRARY;
        }
        return site.getTags().contains(Untrusted.INSTANCE) ? SANDBOXED : TRUSTED;
    }

    @Override
    public Object methodCall(Object receiver, String method, Object[] args) throws Throwable {
        permitCall(receiver, method, args);
        METHOD.set(method);
        try {
            return super.methodCall(receiver, method, args);
        } finally {
            METHOD.remove();
        }
    }

    @Override
    public Object constructorCall(Class type, Object[] args) throws Throwable {
        if (sandboxed) {
            Sandbox.permitNew(type, args);
        }
        return super.constructorCall(type, args);
    }

    @Override
    public Object getProperty(Object receiver, String name) throws Throwable {
        if (sandboxed) {
            Sandbox.permitProperty(receiver, name);
        }
        return super.getProperty(receiver, name);
    }

    @Override
    public void setProperty(Object receiver, String name, Object value) throws Throwable {
        if (sandboxed) {
            Sandbox.permitProperty(receiver, name);
        }
        super.setProperty(receiver, name, value);
    }

    private void permitCall(Object receiver, String method, Object... args) {
        if (sandboxed) {
            Sandbox.permitCall(receiver, method, args);
        }
        if (library) {
            Sandbox.permitLibraryCall(receiver, method, args);
        }
    }

    @Override
    public Object superCall(Class sender, Object receiver, String method, Object[] args) throws Throwable {
        permitCall(receiver, method, args);
        return super.superCall(sender, receiver, method, args);
    }

    @Override
    public Object methodPointer(Object receiver, String method) {
        if (sandboxed) {
            throw Sandbox.rejected("method pointer " + Sandbox.typeName(receiver) + " " + method);
        }
        return super.methodPointer(receiver, method);
    }

    @Override
    public Object getArray(Object receiver, Object index) throws Throwable {
        permitCall(receiver, "getAt", index);
        return super.getArray(receiver, index);
    }

    @Override
    public void setArray(Object receiver, Object index, Object value) throws Throwable {
        permitCall(receiver, "putAt", index, value);
        super.setArray(receiver, index, value);
    }

    @Override
    public void setAttribute(Object receiver, String name, Object value) throws Throwable {
        if (sandboxed) {
            throw Sandbox.rejected("field " + Sandbox.typeName(receiver) + " " + name);
        }
        super.setAttribute(receiver, name, value);
    }

    @Override
    public Object getAttribute(Object receiver, String name) throws Throwable {
        if (sandboxed) {
            throw Sandbox.rejected("field " + Sandbox.typeName(receiver) + " " + name);
        }
        return super.getAttribute(receiver, name);
    }
}
