package io.signalbox.demo;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The demo's own far ends; in force with the profile {@code demo} alone.
 *
 * @param syslogPort loopback port of the demo's log collector
 */
@ConfigurationProperties("signalbox.demo")
record DemoProperties(@DefaultValue("6514") int syslogPort) {}
