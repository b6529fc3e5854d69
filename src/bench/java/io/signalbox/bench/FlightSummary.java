package io.signalbox.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a recording's time went, in three views of the same samples: by the package that was running, by the packages
 * that were anywhere on the stack, and by the kind of thread.
 */
final class FlightSummary {

    private static final int SHOWN = 14;

    /** Packages are told apart by this many of their words. */
    private static final int WORDS = 3;

    /** Under everything, so it says nothing to find it on a stack. */
    private static final Pattern PLATFORM = Pattern.compile("(java|jdk|sun)\\.");

    /** A native method that waits is sampled as often as one that works. */
    private static final Set<String> WAITING =
            Set.of("sun.nio.ch.EPoll.wait", "sun.nio.ch.Net.accept", "sun.nio.ch.Net.poll");

    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Integer> onStack = new HashMap<>();
    private final Map<String, Integer> threads = new HashMap<>();
    private final Map<String, Integer> methods = new HashMap<>();
    private int samples;

    /** Processor time where the JVM tells it (Java 25), which knows native code too; else samples of Java code. */
    static List<String> of(Path file, Instant from, Instant to) throws IOException {
        FlightSummary processor = new FlightSummary();
        FlightSummary java = new FlightSummary();
        FlightSummary nativeCode = new FlightSummary();
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                if (event.getStartTime().isBefore(from) || event.getStartTime().isAfter(to)) {
                    continue;
                }
                switch (event.getEventType().getName()) {
                    case "jdk.CPUTimeSample" -> processor.add(event, "eventThread");
                    case "jdk.ExecutionSample" -> java.add(event, "sampledThread");
                    case "jdk.NativeMethodSample" -> nativeCode.add(event, "sampledThread");
                    default -> {}
                }
            }
        }
        List<String> lines = new ArrayList<>();
        if (processor.samples > 0) {
            processor.print("processor time (jdk.CPUTimeSample)", lines);
        } else {
            java.print("Java code (jdk.ExecutionSample; native code is not in it)", lines);
            nativeCode.print("native methods (jdk.NativeMethodSample)", lines);
        }
        return lines;
    }

    private void add(RecordedEvent event, String threadField) {
        if (event.getStackTrace() == null || event.getStackTrace().getFrames().isEmpty()) {
            return;
        }
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        RecordedFrame top = frames.get(0);
        String method =
                top.getMethod().getType().getName() + "." + top.getMethod().getName();
        if (WAITING.contains(method)) {
            return;
        }
        samples++;
        running.merge(area(top), 1, Integer::sum);
        methods.merge(method, 1, Integer::sum);
        Set<String> seen = new HashSet<>();
        for (RecordedFrame frame : frames) {
            String area = area(frame);
            if (!PLATFORM.matcher(area).lookingAt() && seen.add(area)) {
                onStack.merge(area, 1, Integer::sum);
            }
        }
        RecordedThread thread = event.getThread(threadField);
        String name = thread == null ? null : thread.getJavaName();
        // Numbers and addresses tell apart what belongs together.
        threads.merge(
                name == null || name.isEmpty() ? "virtual or unnamed" : name.replaceAll("[-#(\\[@ ]*\\d.*", ""),
                1,
                Integer::sum);
    }

    private static String area(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        int end = -1;
        for (int i = 0; i < WORDS; i++) {
            int next = type.indexOf('.', end + 1);
            if (next < 0) {
                break;
            }
            end = next;
        }
        return end < 0 ? type : type.substring(0, end);
    }

    private void print(String title, List<String> lines) {
        lines.add("%s: %,d samples".formatted(title, samples));
        if (samples == 0) {
            return;
        }
        section("running", running, lines);
        section("anywhere on the stack, without the Java platform", onStack, lines);
        section("by thread", threads, lines);
        section("by method running", methods, lines);
    }

    private void section(String title, Map<String, Integer> counts, List<String> lines) {
        lines.add("  " + title);
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .forEach(entry ->
                        lines.add("    %5.1f %%  %s".formatted(entry.getValue() * 100.0 / samples, entry.getKey())));
    }
}
