package io.signalbox;

import io.signalbox.policy.CaseResult;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyReport;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A policy's cases in the form that build servers show test results from: a suite a file, a test case a case. */
final class JUnitXml {

    private JUnitXml() {}

    static String of(PolicyReport report) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            List<PolicyProblem> errors =
                    report.problems().stream().filter(PolicyProblem::isError).toList();
            if (!errors.isEmpty()) {
                writeCheck(xml, errors);
            }
            for (Map.Entry<String, List<CaseResult>> suite : report.cases().stream()
                    .collect(Collectors.groupingBy(CaseResult::file, LinkedHashMap::new, Collectors.toList()))
                    .entrySet()) {
                write(xml, suite.getKey(), suite.getValue());
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("A text always takes XML", e);
        }
        return text.toString();
    }

    /** What is wrong with the policy itself fails the build too. */
    private static void writeCheck(XMLStreamWriter xml, List<PolicyProblem> errors) throws XMLStreamException {
        begin(xml, "policy check", errors.size(), errors.size(), 0);
        for (PolicyProblem error : errors) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", clean(error.file()));
            xml.writeAttribute("name", clean(error.rule() == null ? error.file() : error.rule()));
            fail(xml, error.text(), "");
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void write(XMLStreamWriter xml, String file, List<CaseResult> cases) throws XMLStreamException {
        long failed = cases.stream().filter(each -> !each.passed()).count();
        begin(
                xml,
                file,
                cases.size(),
                failed,
                cases.stream().mapToLong(CaseResult::micros).sum());
        for (CaseResult each : cases) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", clean(file));
            xml.writeAttribute("name", clean(each.sentence()));
            xml.writeAttribute("time", seconds(each.micros()));
            if (!each.passed()) {
                fail(
                        xml,
                        String.join("; ", each.differences()),
                        file + ":" + each.line() + "\nexpected: " + each.expected() + "\ngot: " + each.got());
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void begin(XMLStreamWriter xml, String name, long tests, long failures, long micros)
            throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", clean(name));
        xml.writeAttribute("tests", String.valueOf(tests));
        xml.writeAttribute("failures", String.valueOf(failures));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("time", seconds(micros));
    }

    private static void fail(XMLStreamWriter xml, String message, String text) throws XMLStreamException {
        xml.writeStartElement("failure");
        xml.writeAttribute("message", clean(message));
        xml.writeCharacters(clean(text));
        xml.writeEndElement();
    }

    private static String seconds(long micros) {
        return String.format(Locale.ROOT, "%.6f", micros / 1e6);
    }

    /** XML has no word for most control characters. */
    private static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", " ");
    }
}
