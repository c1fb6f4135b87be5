package harness;

import java.util.ArrayList;
import java.util.List;
import org.codehaus.groovy.control.CompilationUnit;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.Phases;
import org.codehaus.groovy.control.SourceUnit;

/**
 * The libraries a Jenkinsfile names, read before it is compiled: {@code loaded} by an {@code @Library} before it
 * starts, {@code announced} by a section or step that loads them as it runs.
 */
record LibraryNames(List<String> loaded, List<String> announced) {
    static LibraryNames in(String text, String name) throws Rejected {
        CompilationUnit unit = new CompilationUnit(new CompilerConfiguration());
        SourceUnit source = unit.addSource(name, text);
        try {
            unit.compile(Phases.CONVERSION);
        } catch (MultipleCompilationErrorsException e) {
            throw new Rejected(Compiler.problems(e, name));
        }
        Declaration declaration = new Declaration(source, new ArrayList<>(), n -> true);
        declaration.read(source.getAST());
        return new LibraryNames(declaration.libraries(), declaration.announced());
    }
}
