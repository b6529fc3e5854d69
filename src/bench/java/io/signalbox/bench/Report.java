package io.signalbox.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of a run, as a table for people and as JSON for comparisons. */
final class Report {

    private record Row(String what, String figure, String value, String unit) {}

    private final Map<String, String> circumstances = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();

    synchronized void circumstance(String name, String value) {
        circumstances.put(name, value);
    }

    synchronized void figure(String what, String figure, double value, String unit) {
        String text = value >= 100 || value == Math.rint(value) ? "%.0f".formatted(value) : "%.1f".formatted(value);
        rows.add(new Row(what, figure, text, unit));
    }

    /** One that may be far below 1. */
    synchronized void fine(String what, String figure, double value, String unit) {
        rows.add(new Row(what, figure, String.format(Locale.ROOT, "%.3f", value), unit));
    }

    /** Median, 99th percentile and worst, in milliseconds. */
    void latencies(String what, String figure, Latencies latencies) {
        figure(what, figure + " p50", latencies.milliseconds(0.5), "ms");
        figure(what, figure + " p99", latencies.milliseconds(0.99), "ms");
        figure(what, figure + " max", latencies.milliseconds(1), "ms");
    }

    synchronized void print() {
        System.out.println();
        circumstances.forEach((name, value) -> System.out.println(name + ": " + value));
        System.out.println();
        System.out.println("| what | figure | value | unit |");
        System.out.println("|---|---|---:|---|");
        for (Row row : rows) {
            System.out.printf("| %s | %s | %s | %s |%n", row.what(), row.figure(), row.value(), row.unit());
        }
    }

    void write(Path file) throws IOException {
        List<Map<String, Object>> figures = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> figure = new LinkedHashMap<>();
            figure.put("what", row.what());
            figure.put("figure", row.figure());
            figure.put("value", Double.valueOf(row.value()));
            figure.put("unit", row.unit());
            figures.add(figure);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("circumstances", circumstances);
        document.put("figures", figures);
        Files.writeString(
                file,
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document) + "\n");
    }
}
