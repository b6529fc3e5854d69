package io.signalbox.flow;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which routes are in force.
 *
 * @param routesDirectory folder with the route files; where it is absent, the routes in the jar are used
 */
@ConfigurationProperties("signalbox")
record RoutesProperties(@DefaultValue("./routes") String routesDirectory) {

    /** Not bound as a path: Spring would look for a relative one among the classes first, and find the copy in there. */
    Path directory() {
        return Path.of(routesDirectory);
    }
}
