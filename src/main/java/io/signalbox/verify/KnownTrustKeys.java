package io.signalbox.verify;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Stops the start over a key of {@code signalbox.trust} that nobody knows. Elsewhere a misspelt key leaves a default in
 * place; here it would leave an issuer free to speak about everybody, because {@code subject} stood where
 * {@code subjects} was meant.
 */
@Component
final class KnownTrustKeys {

    private static final ConfigurationPropertyName TRUST = ConfigurationPropertyName.of("signalbox.trust");

    /** signalbox, trust, the number, the key. */
    private static final int PLACE = 3;

    KnownTrustKeys(Environment environment) {
        check(environment);
    }

    /** @throws IllegalArgumentException naming the first key that is not known */
    static void check(Environment environment) {
        Map<String, String> known = known();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource listed) {
                listed.stream()
                        .filter(name -> TRUST.isAncestorOf(name) && name.getNumberOfElements() > PLACE)
                        .filter(name -> !known.containsKey(key(name)))
                        .findFirst()
                        .ifPresent(name -> {
                            throw new IllegalArgumentException(
                                    name + " is not known; known are " + String.join(", ", known.values()));
                        });
            }
        }
    }

    /** An environment variable cannot tell a hyphen from a full stop, so neither do we. */
    private static String key(ConfigurationPropertyName name) {
        StringBuilder key = new StringBuilder();
        for (int i = PLACE; i < name.getNumberOfElements() && !name.isNumericIndex(i); i++) {
            key.append(name.getElement(i, Form.UNIFORM));
        }
        return key.toString();
    }

    /** As names are compared, to how they are written. */
    private static Map<String, String> known() {
        Map<String, String> known = new LinkedHashMap<>();
        for (RecordComponent component : TrustProperties.Entry.class.getRecordComponents()) {
            String name = component.getName();
            known.put(
                    name.toLowerCase(Locale.ROOT),
                    name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
        }
        return known;
    }
}
