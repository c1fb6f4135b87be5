package harness;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Steps that hand results to Jenkins. */
final class ReportSteps {
    private ReportSteps() {}

    static Object archiveArtifacts(Invocation in) throws Exception {
        if (in.flag("onlyIfSuccessful") && in.build().currentResult() != Result.SUCCESS) {
            in.log("Skipped archiving because build is not successful");
            return null;
        }
        List<String> files = AntPattern.select(in.context().folder(), in.text("artifacts"), in.text("excludes"),
                in.flag("defaultExcludes", true));
        in.record().put("files", files);
        if (files.isEmpty()) {
            String message = "No artifacts found that match the file pattern \"" + in.text("artifacts")
                    + "\". Configuration error?";
            if (!in.flag("allowEmptyArchive")) {
                throw new Abort(message);
            }
            in.log(message);
        }
        in.build().trace.archived.addAll(files);
        return null;
    }

    static Object junit(Invocation in) throws Exception {
        List<String> files = AntPattern.select(in.context().folder(), in.text("testResults"), null, true);
        int[] counts = new int[3];
        for (String file : files) {
            count(in.context().folder().resolve(file), counts);
        }
        if (files.isEmpty() || counts[0] == 0) {
            String message = files.isEmpty()
                    ? "No test report files were found. Configuration error?" : "None of the test reports contained any result";
            if (!in.flag("allowEmptyResults")) {
                throw new Abort(message);
            }
            in.log(message);
        }
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("pattern", in.text("testResults"));
        report.put("files", files);
        report.put("totalCount", counts[0]);
        report.put("failCount", counts[1]);
        report.put("skipCount", counts[2]);
        report.put("passCount", counts[0] - counts[1] - counts[2]);
        in.build().trace.reports.add(report);
        if (counts[1] > 0 && !in.flag("skipMarkingBuildUnstable")) {
            in.build().worsen(Result.UNSTABLE);
            in.build().markStage(in.context(), Result.UNSTABLE);
        }
        return new LinkedHashMap<>(report);
    }

    private static void count(Path file, int[] counts) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        NodeList cases;
        try {
            cases = parser(factory).parse(file.toFile()).getElementsByTagName("testcase");
        } catch (SAXException e) {
            counts[0]++; // Jenkins shows an unreadable report as one failed test
            counts[1]++;
            return;
        }
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            counts[0]++;
            if (has(test, "failure") || has(test, "error")) {
                counts[1]++;
            } else if (has(test, "skipped")) {
                counts[2]++;
            }
        }
    }

    private static DocumentBuilder parser(DocumentBuilderFactory factory) throws ParserConfigurationException {
        DocumentBuilder parser = factory.newDocumentBuilder();
        parser.setErrorHandler(null);
        return parser;
    }

    private static boolean has(Element test, String child) {
        return test.getElementsByTagName(child).getLength() > 0;
    }
}
