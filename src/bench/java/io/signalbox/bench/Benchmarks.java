package io.signalbox.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** What {@code mvn -Pbench -Dbench="..."} runs. See src/docs/performance.md. */
public final class Benchmarks {

    private static final String USAGE = """
            usage: mvn -Pbench -Dbench="<what> [options]"
              micro    one step at a time, on one core (JMH; its options may follow)
              accept   SETs kept and answered with 202 a second, and how long that takes
              flow     from the push to the target: the rate that is sustained, and the time from 202 to the action
              hang     the same with two targets, one of which ceases to answer: what that costs the other
              fan-out  one event to a thousand streams of ours (--streams), pushed and polled: when each receiver has it
              ledger-pages  a page of the ledger and an audit of it, at 10 thousand to 10 million signals
              restart  killed with signals in the queue: how long until it listens, and until all were acted upon
            The options are in src/docs/performance.md.""";

    private Benchmarks() {}

    public static void main(String[] arguments) throws IOException {
        String what = arguments.length == 0 ? "" : arguments[0];
        List<String> rest = Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
        if (what.equals("micro")) {
            org.openjdk.jmh.Main.main(rest.toArray(String[]::new));
            return;
        }
        if (!List.of("accept", "fan-out", "flow", "hang", "ledger-pages", "restart")
                .contains(what)) {
            System.out.println(USAGE);
            System.exit(2);
        }
        int code = 1;
        try {
            if (what.equals("fan-out")) {
                FanOutRun.run(Options.parse(rest));
            } else {
                LoadRun.run(what, Options.parse(rest));
            }
            code = 0;
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
            code = 2;
        } catch (Exception e) {
            e.printStackTrace();
        }
        // Whatever still runs is a thread that waits.
        System.exit(code);
    }
}
