package harness;

import java.util.List;
import org.codehaus.groovy.control.CompilationUnit;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.Phases;
import org.codehaus.groovy.control.SourceUnit;

/** The libraries a Jenkinsfile names, read before it is compiled: its steps are checked against their names. */
final class LibraryNames {
    private LibraryNames() {}

    static List<String> in(String text, String name) throws Rejected {
        CompilationUnit unit = new CompilationUnit(new CompilerConfiguration());
        SourceUnit source = unit.addSource(name, text);
        try {
            unit.compile(Phases.CONVERSION);
        } catch (MultipleCompilationErrorsException e) {
            throw new Rejected(Compiler.problems(e, name));
        }
        Declaration declaration = new Declaration(source, new java.util.ArrayList<>(), n -> true);
        declaration.read(source.getAST());
        return declaration.libraries();
    }
}
