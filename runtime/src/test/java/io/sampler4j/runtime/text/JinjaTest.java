package io.sampler4j.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JinjaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 7, 9, 5, 2);

    /** {@code onnx-models/export/chat_reference.py} wrote them, with Jinja2. */
    static Stream<Arguments> cases() throws IOException {
        try (InputStream in = JinjaTest.class.getResourceAsStream("chat.json")) {
            JsonNode root = JSON.readTree(in);
            assertThat(root.path("now").asText()).isEqualTo(NOW.toString());
            return StreamSupport.stream(root.path("cases").spliterator(), false)
                    .map(c -> Arguments.of(c.path("name").asText(), c));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void rendersWhatJinja2Renders(String name, JsonNode c) {
        Jinja jinja = new Jinja(c.path("template").asText());
        @SuppressWarnings("unchecked")
        Map<String, Object> variables = JSON.convertValue(c.path("variables"), Map.class);
        if (c.has("refusal")) {
            assertThatThrownBy(() -> jinja.render(variables, NOW))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(
                            "the chat template refuses: " + c.path("refusal").asText());
        } else {
            assertThat(jinja.render(variables, NOW)).isEqualTo(c.path("text").asText());
        }
    }

    private static String render(String template) {
        return new Jinja(template).render(Map.of("messages", List.of(Map.of("role", "user", "content", "x"))), NOW);
    }

    /** None of them may be passed over in silence: the model would be asked something else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if %}x{% endif %}",
                "{% for m in messages %}x",
                "{% zork %}",
                "{{ 'a' | zork }}",
                "{{ 'a' is zork }}",
                "{{ zork('a') }}",
                "{{ 'a'.zork() }}",
                "{{ messages[0].zork() }}",
                "{{ messages[0:2:3] }}",
                "{% for a, b in messages[0] %}{% endfor %}",
                "{{ messages | tojson(sort_keys=true) }}",
            })
    void whatIsNotUnderstoodIsRefused(String template) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("the chat template fails");
    }

    /** Whatever a template tries, it sees no class, no file and no network, and it ends. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.getClass().forName('java.lang.Runtime') }}",
                "{{ messages.getClass() }}",
                "{{ today() }}",
                "{{ type(1) }}",
                "{% include '/etc/passwd' %}",
                "{% import '/etc/passwd' as x %}",
                "{% from '/etc/passwd' import x %}",
                "{% extends '/etc/passwd' %}",
                "{{ '1' | ipaddr }}",
                "{{ '{}' | fromjson }}",
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% set ns = namespace(x='0123456789') %}{% for a in range(90) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                "{% set ns = namespace(x='0123456789') %}{% for a in range(90) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=[1]) %}{% for a in range(90) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x='aaaa') %}{% for a in range(90) %}{% set ns.x = ns.x.replace('a', 'aa') %}{% endfor %}",
                "{% for a in range(90000) %}0123456789012345678901234567890123456789{% endfor %}",
                "{% macro f(x) %}{{ f(x + 1) }}{% endmacro %}{{ f(0) }}",
                "{{ range(1000000000) | length }}",
            })
    void whatReachesOutOrHasNoEndIsRefused(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(RefusedException.class);
    }

    @Test
    void aMemberOfAClassIsUndefined() {
        assertThat(
                        render(
                                "[{{ ''.class }}{{ messages.class }}{{ messages[0].class }}{{ ____int3rpret3r____.context }}{{ ____int3rpret3r____.render(\"x\") }}]"))
                .isEqualTo("[]");
    }

    @Test
    void aTemplateOfAnyLengthIsNotTaken() {
        assertThatThrownBy(() -> new Jinja("x".repeat(1 << 21))).hasMessageContaining("characters");
    }

    @Test
    void aMessageSaysTheLine() {
        assertThatThrownBy(() -> render("a\nb\n{{ 'a' | zork }}"))
                .hasMessageContaining("line 3")
                .hasMessageContaining("zork");
    }
}
