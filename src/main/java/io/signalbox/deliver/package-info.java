/**
 * The last stage for those who receive from us. What is to be told lies in the outbox; here it is signed, and pushed or
 * handed out until its receiver has it or will not have it.
 */
@NullMarked
package io.signalbox.deliver;

import org.jspecify.annotations.NullMarked;
