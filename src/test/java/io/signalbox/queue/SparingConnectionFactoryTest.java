package io.signalbox.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SparingConnectionFactoryTest {

    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean there;
    private final SparingConnectionFactory connections = new SparingConnectionFactory(broker());

    private ConnectionFactory broker() {
        return (ConnectionFactory) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ConnectionFactory.class}, (self, method, arguments) -> {
                    asked.incrementAndGet();
                    if (!there) {
                        throw new JMSException("refused");
                    }
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(), new Class<?>[] {Connection.class}, (a, b, c) -> null);
                });
    }

    @Test
    void asksABrokerThatIsAwayOnceInAWhileHoweverManyWantAConnection() {
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(connections::createConnection)
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("refused");
        }
        assertThat(asked).hasValue(1);

        there = true;
        Awaitility.await("it is asked again")
                .atMost(Duration.ofSeconds(5))
                .ignoreExceptions()
                .until(() -> connections.createConnection() != null);
        assertThat(asked).hasValue(2);
    }
}
