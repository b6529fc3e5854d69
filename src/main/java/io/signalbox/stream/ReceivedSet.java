package io.signalbox.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A SET that came while a stream was taken through its life.
 *
 * @param jti as it names itself; absent if it could not be read
 * @param types last parts of its events' URIs
 * @param accepted whether it was acknowledged
 * @param findings what was not as the text has it
 */
public record ReceivedSet(@Nullable String jti, List<String> types, boolean accepted, List<Finding> findings) {}
