package harness;

import groovy.json.JsonOutput;
import groovy.json.JsonSlurper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers requests, one line of JSON each, until its input ends. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // a script's own println must not stand among the answers
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            answers.println(JsonOutput.toJson(answer(line)));
            answers.flush();
        }
        System.exit(0); // a branch that never ends must not keep the engine alive
    }

    private static Map<String, Object> answer(String line) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            @SuppressWarnings("unchecked")
            Map<String, Object> request = (Map<String, Object>) new JsonSlurper().parseText(line);
            answer.put("answer", dispatch(new Request(request)));
        } catch (Throwable e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            answer.put("broken", trace.toString());
        }
        return answer;
    }

    private static Object dispatch(Request request) {
        return switch (request.text("op")) {
            case "run" -> new Build(request).run();
            case "parse" -> request.list("texts").stream()
                    .map(text -> Literals.parse((String) text, "text").stream().map(Problem::toMap).toList()).toList();
            case "evaluate" -> request.list("expressions").stream().map(e -> Literals.evaluate((String) e)).toList();
            case "version" -> List.of(groovy.lang.GroovySystem.getVersion(), System.getProperty("java.version"));
            default -> throw new IllegalArgumentException("unknown request " + request.text("op"));
        };
    }
}
