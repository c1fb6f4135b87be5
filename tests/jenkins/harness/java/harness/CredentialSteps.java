package harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Binding credentials to variables for the length of a block. */
final class CredentialSteps {
    /** The long form of a binding, by its class. */
    private static final Map<String, String> CLASSES = Map.of(
            "UsernamePasswordMultiBinding", "usernamePassword",
            "UsernamePasswordBinding", "usernameColonPassword",
            "StringBinding", "string",
            "FileBinding", "file",
            "SSHUserPrivateKeyBinding", "sshUserPrivateKey");

    private CredentialSteps() {}

    static Object withCredentials(Invocation in) throws Throwable {
        List<Symbol> bindings = new ArrayList<>();
        for (Object each : in.list("bindings")) {
            bindings.add(binding(in, each));
        }
        Object[] value = new Object[1];
        bound(in.green(), into -> {
            for (Symbol binding : bindings) {
                in.build().credentials.bind(binding, in.context().agent(), into);
            }
            in.record().put("variables", List.copyOf(into.variables().keySet()));
        }, inside -> value[0] = in.body(inside));
        return value[0];
    }

    interface Binder {
        void bind(Credentials.Bound into) throws Throwable;
    }

    interface Block {
        void run(Context inside) throws Throwable;
    }

    /** Runs a block with what {@code binder} binds; the secret files are gone afterwards, whatever happens. */
    static void bound(Green green, Binder binder, Block block) throws Throwable {
        Credentials.Bound into = Credentials.Bound.empty();
        try {
            binder.bind(into);
            if (!into.secret().isEmpty()) {
                List<String> names = into.secret().keySet().stream().filter(n -> !n.contains(" ")).map(n -> "$" + n).toList();
                green.build.log("Masking supported pattern matches of " + String.join(" or ", names));
            }
            Context inside = green.context
                    .withSecrets(green.context.secrets().and(into.secret()))
                    .withEnvironment(List.copyOf(new LinkedHashMap<>(into.variables()).entrySet()));
            block.run(inside);
        } finally {
            for (Path file : into.files()) {
                FileSteps.delete(file);
            }
        }
    }

    private static Symbol binding(Invocation in, Object given) {
        Symbol symbol = null;
        if (given instanceof Symbol s) {
            symbol = s;
        } else if (given instanceof Map<?, ?> map && CLASSES.containsKey(String.valueOf(map.get("$class")))) {
            Map<String, Object> args = new LinkedHashMap<>();
            map.forEach((k, v) -> args.put(String.valueOf(k), v));
            args.remove("$class");
            symbol = new Symbol(CLASSES.get(String.valueOf(map.get("$class"))), args);
        }
        if (symbol == null || !CLASSES.containsValue(symbol.name)) {
            throw in.build().refuse("step", "withCredentials: the harness knows no binding " + given);
        }
        Map<String, List<String>> needed = Map.of(
                "usernamePassword", List.of("credentialsId", "usernameVariable", "passwordVariable"),
                "sshUserPrivateKey", List.of("credentialsId", "keyFileVariable"));
        for (String key : needed.getOrDefault(symbol.name, List.of("credentialsId", "variable"))) {
            if (symbol.text(key) == null) {
                throw in.build().refuse("step", "withCredentials: " + symbol.name + " needs " + key);
            }
        }
        return symbol;
    }
}
