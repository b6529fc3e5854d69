package io.signalbox.targets;

import java.util.List;

/** One real system, running for a test, and what connectors are to do at it. */
interface RealTarget {

    /** Product and version, as it says of itself. */
    String version() throws Exception;

    /** Its entries in {@code signalbox.targets}, in YAML. */
    String targets();

    List<Trial> trials();
}
