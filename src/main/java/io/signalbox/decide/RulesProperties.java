package io.signalbox.decide;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where policy is found.
 *
 * @param rulesDirectory folder with the rules: {@code .drl} files and {@code .drl.csv} decision tables, each with its
 *     {@code .cases.yaml} beside it. Where the folder does not exist, the rules that ship in the jar are used
 */
@ConfigurationProperties("signalbox")
record RulesProperties(@DefaultValue("./rules") String rulesDirectory) {

    /** Not bound as a path: Spring would look for a relative one among the classes first, and find the copy in there. */
    Path directory() {
        return Path.of(rulesDirectory);
    }
}
