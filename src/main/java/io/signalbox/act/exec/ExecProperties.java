package io.signalbox.act.exec;

import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which programs targets may have run.
 *
 * @param allow absolute paths of the programs that targets of the kind {@code exec} may name; default none. A target
 *     alone does not suffice: who may add targets cannot have anything run that is not listed here
 */
@ConfigurationProperties("signalbox.exec")
record ExecProperties(@DefaultValue List<Path> allow) {

    ExecProperties {
        allow = List.copyOf(allow);
        for (Path program : allow) {
            if (!program.isAbsolute() || !program.equals(program.normalize())) {
                throw new IllegalArgumentException(
                        "signalbox.exec.allow: must hold absolute paths without . and .., and holds " + program);
            }
        }
    }
}
