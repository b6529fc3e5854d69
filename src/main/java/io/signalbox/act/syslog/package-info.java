/** In comes {@code siem.record}; out goes one RFC 5424 record, and proof that the collector has read it. */
@NullMarked
package io.signalbox.act.syslog;

import org.jspecify.annotations.NullMarked;
