package io.sampler4j.api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RulePageTest {
    @Test
    void thePageListsEveryRuleAsItIsInTheCode() throws Exception {
        List<String> listed = Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.matches("\\| [SNGTKC][0-9]+ .*"))
                .toList();
        assertThat(listed)
                .containsExactlyElementsOf(Arrays.stream(Rule.values())
                        .map(rule -> "| " + rule + " | " + rule.text() + " |")
                        .toList());
    }
}
