package harness;

import com.cloudbees.groovy.cps.CpsTransformer;
import com.cloudbees.groovy.cps.NonCPS;
import com.cloudbees.groovy.cps.TransformerConfiguration;
import com.cloudbees.groovy.cps.sandbox.Untrusted;
import groovy.lang.GroovyClassLoader;
import groovy.lang.GroovyCodeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.codehaus.groovy.ast.ClassNode;
import org.codehaus.groovy.ast.ModuleNode;
import org.codehaus.groovy.classgen.GeneratorContext;
import org.codehaus.groovy.control.CompilePhase;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.SourceUnit;
import org.codehaus.groovy.control.customizers.CompilationCustomizer;
import org.codehaus.groovy.control.customizers.ImportCustomizer;
import org.codehaus.groovy.control.messages.ExceptionMessage;
import org.codehaus.groovy.control.messages.Message;
import org.codehaus.groovy.control.messages.SyntaxErrorMessage;
import org.codehaus.groovy.syntax.SyntaxException;

/** Turns source into transformed classes as Jenkins does: the Jenkinsfile sandboxed, a library unless it is trusted. */
final class Compiler {
    /** Libraries already compiled, by their text: a test run uses the same few again and again. */
    private static final Map<String, Compiler.Vars> KNOWN = new TreeMap<>();

    private Compiler() {}

    /** A library's loader and the names in its {@code vars/}. */
    record Vars(GroovyClassLoader loader, Map<String, Path> files, List<Problem> problems) {}

    /** A compiled Jenkinsfile: its class and the Declarative model, if it has one. */
    record Jenkinsfile(Class<?> type, Model.Pipeline pipeline, List<String> libraries) {}

    static Vars library(List<Path> roots, boolean trusted) throws IOException {
        StringBuilder key = new StringBuilder(trusted ? "trusted\n" : "untrusted\n");
        Map<String, Path> files = new TreeMap<>();
        for (Path root : roots) {
            key.append(root).append('\n');
            for (Path file : groovyFiles(root.resolve("src"))) {
                key.append(file).append('\n').append(Files.readString(file)).append('\n');
            }
            for (Path file : groovyFiles(root.resolve("vars"))) {
                key.append(file).append('\n').append(Files.readString(file)).append('\n');
                String name = file.getFileName().toString();
                if (file.getParent().equals(root.resolve("vars"))) {
                    files.put(name.substring(0, name.length() - ".groovy".length()), file);
                }
            }
        }
        Vars known = KNOWN.get(key.toString());
        if (known == null) {
            List<Problem> problems = new ArrayList<>();
            CompilerConfiguration configuration = configuration(trusted ? new CpsTransformer() : new LibraryTransformer());
            if (!trusted) {
                configuration.addCompilationCustomizers(sandboxCheck(problems));
            }
            GroovyClassLoader loader = new GroovyClassLoader(Compiler.class.getClassLoader(), configuration);
            for (Path root : roots) {
                loader.addClasspath(root.resolve("src").toString());
            }
            known = new Vars(loader, files, problems);
            KNOWN.put(key.toString(), known);
        }
        return known;
    }

    private static List<Path> groovyFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(f -> f.toString().endsWith(".groovy")).sorted().toList();
        }
    }

    /** The class of one file of {@code vars/}, compiled when first used. */
    static Class<?> variable(Vars vars, String name) throws IOException, Rejected {
        Path file = vars.files().get(name);
        GroovyCodeSource source = new GroovyCodeSource(Files.readString(file), name + ".groovy", "/library");
        source.setCachable(true);
        try {
            Class<?> type = vars.loader().parseClass(source, true);
            if (!vars.problems().isEmpty()) {
                throw new Rejected(List.copyOf(vars.problems()));
            }
            return type;
        } catch (MultipleCompilationErrorsException e) {
            List<Problem> all = new ArrayList<>(vars.problems());
            all.addAll(problems(e, "vars/" + name + ".groovy"));
            throw new Rejected(all);
        }
    }

    static Jenkinsfile jenkinsfile(String text, String name, ClassLoader library, Declaration.Names names) throws Rejected {
        List<Problem> problems = new ArrayList<>();
        CompilerConfiguration configuration = configuration(new SandboxedTransformer());
        Declaration[] found = new Declaration[1];
        configuration.addCompilationCustomizers(new CompilationCustomizer(CompilePhase.CONVERSION) {
            @Override
            public void call(SourceUnit source, GeneratorContext context, ClassNode type) {
                ModuleNode module = source.getAST();
                if (found[0] != null || module.getClasses().get(0) != type) {
                    return;
                }
                new SandboxCheck(source, problems).check(module);
                found[0] = new Declaration(source, problems, names);
                found[0].read(module);
            }
        });
        GroovyClassLoader loader = new GroovyClassLoader(library, configuration);
        Class<?> type;
        try {
            type = loader.parseClass(new GroovyCodeSource(text, name, "/jenkinsfile"), false);
        } catch (MultipleCompilationErrorsException e) {
            problems.addAll(problems(e, name));
            throw new Rejected(problems);
        }
        if (!problems.isEmpty()) {
            throw new Rejected(problems);
        }
        return new Jenkinsfile(type, found[0].pipeline(), found[0].libraries());
    }

    private static CompilationCustomizer sandboxCheck(List<Problem> problems) {
        return new CompilationCustomizer(CompilePhase.CONVERSION) {
            @Override
            public void call(SourceUnit source, GeneratorContext context, ClassNode type) {
                if (source.getAST().getClasses().get(0) == type) {
                    new SandboxCheck(source, problems).check(source.getAST());
                }
            }
        };
    }

    private static CompilerConfiguration configuration(CpsTransformer transformer) {
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.setScriptBaseClass(PipelineScript.class.getName());
        ImportCustomizer imports = new ImportCustomizer();
        imports.addImports(NonCPS.class.getName(), Library.class.getName());
        configuration.addCompilationCustomizers(imports);
        transformer.setConfiguration(new TransformerConfiguration().withClosureType(PipelineClosure.class));
        configuration.addCompilationCustomizers(transformer);
        return configuration;
    }

    private static final class SandboxedTransformer extends CpsTransformer {
        @Override
        protected Class<?> getTrustTag() {
            return Untrusted.class;
        }
    }

    private static final class LibraryTransformer extends CpsTransformer {
        @Override
        protected Class<?> getTrustTag() {
            return LibraryCode.class;
        }
    }

    static List<Problem> problems(MultipleCompilationErrorsException errors, String file) {
        List<Problem> problems = new ArrayList<>();
        for (Object error : errors.getErrorCollector().getErrors()) {
            problems.add(problem((Message) error, file));
        }
        return problems;
    }

    private static Problem problem(Message error, String file) {
        if (error instanceof SyntaxErrorMessage syntax) {
            SyntaxException cause = syntax.getCause();
            String text = cause.getOriginalMessage();
            return new Problem("syntax", text, new Place(file, cause.getStartLine(), cause.getStartColumn()));
        }
        if (error instanceof ExceptionMessage thrown) {
            return new Problem("syntax", String.valueOf(thrown.getCause()), new Place(file, 0, 0));
        }
        return new Problem("syntax", String.valueOf(error), new Place(file, 0, 0));
    }
}
