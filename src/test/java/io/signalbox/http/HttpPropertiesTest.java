package io.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class HttpPropertiesTest {

    @Test
    void nothingPrivateIsAllowedByDefault() {
        HttpProperties properties = bind(Map.of());

        assertThat(properties.allowedRanges()).isEmpty();
        assertThat(properties.connectTimeout()).hasSeconds(3);
        assertThat(properties.responseTimeout()).hasSeconds(10);
    }

    @ParameterizedTest
    @CsvSource({
        "signalbox.http.allow[0], intranet.example",
        "signalbox.http.allow[0], 10.0.0.0/33",
        "signalbox.http.allow[0], 10.0.0.0/x",
        "signalbox.http.allow[0], 10.0.0.300/32",
        "signalbox.http.allow[0], 10.20.3.0/16",
        "signalbox.http.allow[0], 0.0.0.0/0",
        "signalbox.http.allow[0], ::/0",
        "signalbox.http.connect-timeout, 0s",
        "signalbox.http.response-timeout, 1h"
    })
    void aBadValueStopsTheStartAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).hasStackTraceContaining(key);
    }

    private static HttpProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("signalbox.http", HttpProperties.class);
    }
}
