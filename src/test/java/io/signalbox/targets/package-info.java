/**
 * Connectors and the real systems that they are for: each is started for the test, on loopback, in a folder of its own,
 * and asked itself whether what was to happen there has happened. With {@code mvn -Ptargets verify}.
 */
@NullMarked
package io.signalbox.targets;

import org.jspecify.annotations.NullMarked;
