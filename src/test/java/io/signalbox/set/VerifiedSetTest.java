package io.signalbox.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.testing.Recorded;
import io.signalbox.wire.Wire;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What lies in the queue while we are replaced by a newer release. */
class VerifiedSetTest {

    @Test
    void comesOutOfTheQueueWithItsStanding() {
        Standing standing = new Standing(Standing.Word.NOT_ENTITLED, "Because.");
        VerifiedSet set = Recorded.standing(Recorded.signal("jti-1"), standing).set();

        assertThat(Wire.read(Wire.write(set), VerifiedSet.class)).isEqualTo(set);
    }

    @Test
    void countsForEverythingIfItIsFromAReleaseThatKnewOfNoStanding() {
        VerifiedSet set = Recorded.signal("jti-1").set();
        Map<String, Object> message = new HashMap<>(Wire.readObject(Wire.write(set)));
        message.remove("standing");

        assertThat(Wire.read(Wire.write(message), VerifiedSet.class)).isEqualTo(set);
    }
}
