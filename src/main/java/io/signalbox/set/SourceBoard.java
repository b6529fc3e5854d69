package io.signalbox.set;

import java.util.List;

/** Tells how each configured source stands, whichever node is asked. */
public interface SourceBoard {

    /** In the order of the configuration. */
    List<SourceStanding> standings();
}
