package io.signalbox.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ProtectedSubjectsTest {

    @TempDir
    Path folder;

    private static ProtectedSubjects of(String key, Object value) {
        return new ProtectedSubjects(
                new Binder(new MapConfigurationPropertySource(Map.of("signalbox.guard." + key, value)))
                        .bindOrCreate("signalbox.guard", GuardProperties.class));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            email:root@acme.example  | {"format":"email","email":"root@acme.example"}                              | true
            email:root@acme.example  | {"format":"email","email":"ROOT@Acme.Example"}                              | true
            email:root@acme.example  | {"format":"email","email":"rooty@acme.example"}                             | false
            email:svc-*@acme.example | {"format":"email","email":"svc-backup@acme.example"}                        | true
            email:root@acme.example  | {"format":"complex","session":{"format":"opaque","id":"1"},"user":{"format":"email","email":"root@acme.example"}} | true
            email:root@acme.example  | {"format":"aliases","identifiers":[{"format":"opaque","id":"1"},{"format":"email","email":"root@acme.example"}]} | true
            device.opaque:*          | {"format":"complex","device":{"format":"opaque","id":"1"}}                  | true
            device.opaque:*          | {"format":"opaque","id":"1"}                                                | false
            {"format":"iss_sub","iss":"https://idp.example","sub":"7"} | {"format":"iss_sub","iss":"https://idp.example","sub":"7"} | true
            {"format":"iss_sub","iss":"https://idp.example","sub":"7"} | {"format":"iss_sub","iss":"https://idp.example","sub":"8"} | false
            """)
    void oneIdentifierAmongSeveralIsEnough(String listed, String subject, boolean held) throws IOException {
        Path file = Files.writeString(folder.resolve("protected"), "# break-glass accounts\n\n" + listed + "\n");
        assertThat(of("protect-file", file.toString())
                        .holds(SubjectIdentifier.of(Wire.readObject(subject)).orElseThrow()))
                .isEqualTo(held);
    }

    @Test
    void aListThatCannotBeReadStopsTheStartAndNamesTheKey() throws IOException {
        assertThatThrownBy(() -> of("protect-file", folder.resolve("absent").toString()))
                .hasMessageContaining("signalbox.guard.protect-file");
        assertThatThrownBy(() -> of("protect[0]", "root")).hasMessageContaining("signalbox.guard.protect[0]");
        Path file = Files.writeString(folder.resolve("bad"), "email:root@acme.example\n{\"format\": 1}\n");
        assertThatThrownBy(() -> of("protect-file", file.toString())).hasMessageContaining("line 2");
    }
}
