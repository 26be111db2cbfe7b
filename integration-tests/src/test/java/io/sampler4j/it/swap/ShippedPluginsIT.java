package io.sampler4j.it.swap;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.it.Distribution;
import io.sampler4j.runtime.plugin.PluginCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a host asks of a stranger's plugin, asked of ours. */
class ShippedPluginsIT {
    private static final Duration TIME = Duration.ofSeconds(60);
    private static final int HEAP = 64;

    @TestFactory
    List<DynamicTest> passTheProbe() throws IOException {
        try (Stream<Path> jars = Files.list(Distribution.plugins())) {
            return jars.sorted()
                    .map(jar -> DynamicTest.dynamicTest(jar.getFileName().toString(), () -> {
                        PluginCheck found = PluginCheck.probe(jar, TIME, HEAP);
                        assertThat(found.problem()).isEmpty();
                        assertThat(found.notes())
                                .as("no component is left untried but those whose defaults leave something to be said")
                                .noneMatch(n -> n.contains("was not run") && !n.contains(" with "));
                    }))
                    .toList();
        }
    }
}
