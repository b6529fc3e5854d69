package io.signalbox.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** What a sender hears who comes before the routes are there, or after they are gone. */
class HttpWayInTest {

    @Test
    void whoComesBeforeTheRoutesIsAskedToComeAgain() throws Exception {
        try (CamelContext routes = new DefaultCamelContext()) {
            StaticListableBeanFactory beans = new StaticListableBeanFactory();
            beans.addBean("camelContext", routes);
            FilterRegistrationBean<?> door =
                    new HttpWayInConfig().onlyWhileTheRoutesAreThere(beans.getBeanProvider(CamelContext.class));
            assertThat(door.getUrlPatterns()).contains("/push", "/push/*", "/logout/*", "/webhook/*");

            MockHttpServletResponse early = knock(door);
            assertThat(early.getStatus()).isEqualTo(503);
            assertThat(early.getHeader("Retry-After")).isEqualTo("5");

            routes.start();
            assertThat(knock(door).getStatus()).isEqualTo(200);

            routes.stop();
            assertThat(knock(door).getStatus()).isEqualTo(503);
        }
    }

    private static MockHttpServletResponse knock(FilterRegistrationBean<?> door) throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        door.getFilter().doFilter(new MockHttpServletRequest("POST", "/push"), response, new MockFilterChain());
        return response;
    }
}
