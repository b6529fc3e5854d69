package io.signalbox;

import io.signalbox.demo.SendSignal;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** Starts Signalbox, or the one command that is named instead. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class App {

    private static final String USAGE = """
            usage: java -jar signalbox.jar [serve] [--key=value ...]
                   java -jar signalbox.jar demo send [LOW|MEDIUM|HIGH] [e-mail address] [base URL]
                   java -jar signalbox.jar ledger verify [--file=export.jsonl] [--json] [--key=value ...]
                   java -jar signalbox.jar ledger export [--key=value ...] > export.jsonl
                   java -jar signalbox.jar set decode|verify <file|-> ...
                   java -jar signalbox.jar resolve <subject> [--target <name> ...] [--json]
                   java -jar signalbox.jar policy simulate --rules <folder> ...
                   java -jar signalbox.jar policy check|test|explain ...
                   java -jar signalbox.jar receiver run --issuer <URL> ...
                   java -jar signalbox.jar receiver plan|apply [--source <name> ...] ...
                   java -jar signalbox.jar connector test <folder>
                   java -jar signalbox.jar emit <type|interop> --subject <subject> ...
                   java -jar signalbox.jar tls self-signed [--host <name> ...]""";

    /** Exit codes of commands: 0 good, 1 bad, 2 misuse. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0 || arguments[0].startsWith("--")) {
            SpringApplication.run(App.class, arguments);
        } else if (arguments[0].equals("serve")) {
            SpringApplication.run(App.class, Arrays.copyOfRange(arguments, 1, arguments.length));
        } else if (arguments.length > 1 && arguments[0].equals("demo") && arguments[1].equals("send")) {
            SendSignal.main(Arrays.copyOfRange(arguments, 2, arguments.length));
        } else if (arguments[0].equals("ledger")) {
            end(LedgerCommand.run(behind(arguments), System.out, System.err), USAGE);
        } else if (arguments[0].equals("set")) {
            end(SetCommand.run(behind(arguments), System.in, System.out, Clock.systemUTC()), SetCommand.USAGE);
        } else if (arguments[0].equals("resolve")) {
            end(ResolveCommand.run(behind(arguments), System.out, Clock.systemUTC()), ResolveCommand.USAGE);
        } else if (arguments.length > 1 && arguments[0].equals("policy") && arguments[1].equals("simulate")) {
            List<String> options = behind(arguments).subList(1, arguments.length - 1);
            end(SimulateCommand.run(options, System.out, System.err, Clock.systemUTC()), SimulateCommand.USAGE);
        } else if (arguments[0].equals("policy")) {
            end(PolicyCommand.run(behind(arguments), System.in, System.out), PolicyCommand.USAGE);
        } else if (arguments[0].equals("receiver")) {
            end(ReceiverCommand.run(behind(arguments), System.out, Clock.systemUTC()), ReceiverCommand.USAGE);
        } else if (arguments[0].equals("connector")) {
            end(ConnectorCommand.run(behind(arguments), System.out), ConnectorCommand.USAGE);
        } else if (arguments[0].equals("emit")) {
            end(EmitCommand.run(behind(arguments), System.out), EmitCommand.USAGE);
        } else if (arguments[0].equals("tls")) {
            end(TlsCommand.run(behind(arguments), System.out), TlsCommand.USAGE);
        } else {
            end(CommandLine.MISUSE, USAGE);
        }
    }

    private static List<String> behind(String... arguments) {
        return List.of(arguments).subList(1, arguments.length);
    }

    private static void end(int exitCode, String usage) {
        if (exitCode == CommandLine.MISUSE) {
            System.err.println(usage);
        }
        System.exit(exitCode);
    }

    /** The only clock; tests pass another. */
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
