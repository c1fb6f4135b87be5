package harness;

import com.cloudbees.groovy.cps.SerializableScript;
import groovy.lang.MissingPropertyException;
import java.io.File;
import org.codehaus.groovy.runtime.InvokerHelper;

/** What the Jenkinsfile and each file of a library's {@code vars/} extend: where a name becomes a step. */
public abstract class PipelineScript extends SerializableScript {
    private static final long serialVersionUID = 1;

    protected PipelineScript() {
        Green green = Green.current();
        if (green != null) {
            setBinding(green.build.binding);
        }
    }

    /** Jenkins' order: a variable that can be called, a global variable of a library, a step. */
    @Override
    public final Object invokeMethod(String name, Object args) {
        Object[] list = InvokerHelper.asArray(args);
        if (getBinding().hasVariable(name)) {
            Object value = getBinding().getVariable(name);
            if (value != null && !InvokerHelper.getMetaClass(value).respondsTo(value, "call", list).isEmpty()) {
                return InvokerHelper.getMetaClass(value).invokeMethod(value, "call", list);
            }
        }
        Build build = Green.current().build;
        Object global = build.libraries.variable(name);
        if (global != null) {
            return InvokerHelper.getMetaClass(global).invokeMethod(global, "call", list);
        }
        return build.steps.call(name, list);
    }

    @Override
    public Object getProperty(String name) {
        try {
            return super.getProperty(name);
        } catch (MissingPropertyException missing) {
            Green green = Green.current();
            Object value = green == null ? null : green.build.globalVariable(name);
            if (value != null) {
                return value;
            }
            throw missing;
        }
    }

    @Override
    public Object evaluate(String text) {
        throw Green.current().build.refuse("step", "the harness does not run evaluate(…)");
    }

    @Override
    public Object evaluate(File file) {
        return evaluate("");
    }

    @Override
    public void println() {
        invokeMethod("echo", new Object[] {""});
    }

    @Override
    public void print(Object value) {
        println(value);
    }

    @Override
    public void println(Object value) {
        invokeMethod("echo", new Object[] {String.valueOf(value)});
    }

    public Object sleep(long seconds) {
        return invokeMethod("sleep", new Object[] {seconds});
    }
}
