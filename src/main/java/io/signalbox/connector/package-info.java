/**
 * What a connector's folder under {@code routes/act/} says about it, and the bench on which its {@code cases.yaml} is
 * run by the engine that runs it in production.
 */
@NullMarked
package io.signalbox.connector;

import org.jspecify.annotations.NullMarked;
