package io.signalbox.verify;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import io.signalbox.testing.FakeTransmitter;
import java.security.Provider;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Signing one SET of ordinary size on one core: what a transmitter pays for each signal and receiver. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class SignBenchmark {

    private static final String CLAIMS = """
            {"iss":"https://signals.example.com","jti":"%d","iat":1795348800,"aud":"https://receiver.example",\
            "sub_id":{"format":"email","email":"alice@acme.example"},"events":\
            {"https://schemas.openid.net/secevent/caep/event-type/risk-level-change":\
            {"event_timestamp":1795348800,"principal":"USER","current_level":"HIGH","previous_level":"LOW"}}}""";

    @Param({"RS256", "ES256"})
    String algorithm = "";

    @Param({"native", "jdk"})
    String crypto = "";

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private JWSSigner signer;

    @SuppressWarnings("NullAway.Init")
    private JWSHeader header;

    private long next;

    @Setup(Level.Trial)
    public void makeKey() throws JOSEException {
        JWSAlgorithm alg = JWSAlgorithm.parse(algorithm);
        signer = alg.equals(JWSAlgorithm.ES256)
                ? new ECDSASigner(FakeTransmitter.newEc("key", Curve.P_256))
                : new RSASSASigner(FakeTransmitter.newRsa("key", 2048));
        Provider provider = (crypto.equals("native") ? new CryptoProvider() : CryptoProvider.jdk()).provider();
        if (provider != null) {
            signer.getJCAContext().setProvider(provider);
        }
        header = new JWSHeader.Builder(alg)
                .keyID("key")
                .type(new JOSEObjectType("secevent+jwt"))
                .build();
    }

    @Benchmark
    public String signSet() throws JOSEException {
        JWSObject set = new JWSObject(header, new Payload(CLAIMS.formatted(next++)));
        set.sign(signer);
        return set.serialize();
    }
}
