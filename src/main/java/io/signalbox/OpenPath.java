package io.signalbox;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;

/**
 * A path that answers without an identity. Everything else is closed, so a new endpoint is closed until a bean of this
 * type says otherwise and why.
 *
 * @param method the one method that is open; absent opens all
 * @param pattern a path pattern such as {@code /push/**}
 * @param because why nobody has to say who they are there
 */
public record OpenPath(@Nullable HttpMethod method, String pattern, String because) {}
