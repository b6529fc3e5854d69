package io.signalbox.action;

import java.util.List;

/** How the configured targets stand, as this node sees them. */
public interface TargetBoard {

    /** One for each configured target, in the order of their names. */
    List<TargetStanding> standings();
}
