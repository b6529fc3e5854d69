package io.signalbox.api;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who may administer this node.
 *
 * @param tokenFile file that holds the operator's static token, one line. Default: the environment variable
 *     {@code SIGNALBOX_ADMIN_TOKEN}; without it the first start makes a token and keeps it in the file
 *     {@code admin-token} in the data directory
 */
@ConfigurationProperties("signalbox.admin")
record AdminProperties(@Nullable Path tokenFile) {}
