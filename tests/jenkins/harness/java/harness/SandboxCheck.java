package harness;

import com.cloudbees.groovy.cps.NonCPS;
import java.util.List;
import java.util.Set;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.ClassCodeVisitorSupport;
import org.codehaus.groovy.ast.ImportNode;
import org.codehaus.groovy.ast.MethodNode;
import org.codehaus.groovy.ast.ModuleNode;
import org.codehaus.groovy.ast.expr.CastExpression;
import org.codehaus.groovy.ast.expr.ConstructorCallExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.codehaus.groovy.control.SourceUnit;

/**
 * The part of the sandbox that needs the source: names whose classes the harness does not have, and
 * {@code @NonCPS} methods, whose calls do not pass {@link SandboxInvoker}.
 */
final class SandboxCheck extends ClassCodeVisitorSupport {
    private static final Set<String> NAMES = Set.of(
            "Jenkins", "Hudson", "hudson", "jenkins", "System", "Runtime", "Thread", "ProcessBuilder", "GroovyShell",
            "GroovySystem", "Eval", "Files", "Paths");
    private static final Set<String> TYPES = Set.of(
            "File", "java.io.File", "URL", "java.net.URL", "URI", "java.net.URI", "Socket", "java.net.Socket",
            "Thread", "ProcessBuilder", "GroovyShell", "groovy.lang.GroovyShell", "GroovyClassLoader",
            "FileReader", "FileWriter", "FileInputStream", "FileOutputStream");
    private static final List<String> PACKAGES = List.of(
            "hudson.", "jenkins.", "java.io.", "java.net.", "java.nio.", "org.jenkinsci.", "groovy.lang.Grab");

    private final SourceUnit source;
    private final List<Problem> problems;
    private boolean plainGroovy;

    SandboxCheck(SourceUnit source, List<Problem> problems) {
        this.source = source;
        this.problems = problems;
    }

    void check(ModuleNode module) {
        for (ImportNode i : module.getImports()) {
            String name = i.getClassName();
            if (PACKAGES.stream().anyMatch(name::startsWith)) {
                reject("class " + name, i);
            }
        }
        module.getClasses().forEach(this::visitClass);
    }

    @Override
    protected SourceUnit getSourceUnit() {
        return source;
    }

    @Override
    public void visitMethod(MethodNode node) {
        boolean outer = plainGroovy;
        plainGroovy = node.getAnnotations().stream()
                .anyMatch(a -> a.getClassNode().getNameWithoutPackage().equals(NonCPS.class.getSimpleName()));
        super.visitMethod(node);
        plainGroovy = outer;
    }

    @Override
    public void visitVariableExpression(VariableExpression e) {
        if (NAMES.contains(e.getName())) {
            reject("class " + e.getName(), e);
        }
        super.visitVariableExpression(e);
    }

    @Override
    public void visitConstructorCallExpression(ConstructorCallExpression e) {
        rejectType("new ", e.getType().getName(), e);
        super.visitConstructorCallExpression(e);
    }

    @Override
    public void visitCastExpression(CastExpression e) {
        rejectType("new ", e.getType().getName(), e);
        super.visitCastExpression(e);
    }

    @Override
    public void visitMethodCallExpression(MethodCallExpression e) {
        if (plainGroovy && "execute".equals(e.getMethodAsString())) {
            reject("method execute", e);
        }
        super.visitMethodCallExpression(e);
    }

    private void rejectType(String what, String type, ASTNode at) {
        if (TYPES.contains(type) || PACKAGES.stream().anyMatch(type::startsWith)) {
            reject(what + type, at);
        }
    }

    private void reject(String what, ASTNode at) {
        problems.add(new Problem("sandbox", "Scripts not permitted to use " + what,
                new Place(source.getName(), at.getLineNumber(), at.getColumnNumber())));
    }
}
