package io.signalbox.flow;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The route files that are in force: those of the configured folder, or those in the jar where the folder is absent.
 *
 * <p>A folder without a single route would start a gateway that answers nothing, and a file whose name misses the
 * pattern would be passed over in silence: both stop the start.
 *
 * @param origin where they come from, for people
 * @param files in the order of their names
 */
record RouteFiles(String origin, List<Resource> files) {

    private static final String SUFFIX = ".camel.yaml";

    private static final Pattern CONNECTOR = Pattern.compile("/act/([^/]+)/[^/]+$");

    /** What may lie beside the routes of a connector or a vendor's webhooks. */
    private static final List<String> COMPANIONS = List.of("connector.properties", "webhook.yaml", "cases.yaml", ".md");

    static RouteFiles find(Path directory) throws IOException {
        boolean present = Files.isDirectory(directory);
        String root = present ? directory.toAbsolutePath().normalize().toUri().toString() : "classpath:/routes/";
        List<Resource> files = new ArrayList<>();
        List<String> strangers = new ArrayList<>();
        for (Resource resource : new PathMatchingResourcePatternResolver().getResources(root + "**/*")) {
            String name = resource.getFilename();
            // Editors keep their copies in hidden files.
            if (name == null || name.isEmpty() || name.startsWith(".") || !resource.isReadable()) {
                continue;
            }
            if (name.endsWith(SUFFIX)) {
                files.add(resource);
            } else if (COMPANIONS.stream().noneMatch(name::endsWith)) {
                strangers.add(name);
            }
        }
        String origin = present ? directory.toString() : "the jar";
        if (!strangers.isEmpty()) {
            throw new IllegalStateException(
                    "signalbox.routes-directory (" + origin + ") holds files that are no routes: " + strangers
                            + ". A route file's name ends in " + SUFFIX + "; beside it may lie " + COMPANIONS);
        }
        if (files.isEmpty()) {
            throw new IllegalStateException("signalbox.routes-directory (" + origin
                    + ") holds no route: no file under it" + " ends in " + SUFFIX);
        }
        files.sort((one, other) -> uri(one).compareTo(uri(other)));
        return new RouteFiles(origin, List.copyOf(files));
    }

    /**
     * Without the routes of connectors that no target uses: they would be opened at every start for nothing.
     *
     * @param used folders under {@code act} that are
     */
    RouteFiles without(Set<String> used) {
        return new RouteFiles(
                origin,
                files.stream()
                        .filter(file -> {
                            Matcher connector = CONNECTOR.matcher(uri(file).toString());
                            return !connector.find() || used.contains(connector.group(1));
                        })
                        .toList());
    }

    private static URI uri(Resource resource) {
        try {
            return resource.getURI();
        } catch (IOException e) {
            throw new IllegalStateException("A route file cannot be located: " + resource, e);
        }
    }
}
