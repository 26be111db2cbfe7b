package io.sampler4j.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.Sampler;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API against its committed signature: whatever was compiled against that runs here. */
class ApiSignatureTest {
    private static final Path WRITTEN = Path.of("target/framework-api-signature.txt");

    private static Signature committed;
    private static Signature now;
    private static byte[] frozen;
    private static byte[] classes;

    @BeforeAll
    static void readBoth() throws IOException, URISyntaxException {
        committed = Signature.committed();
        frozen = committed.jar();
        now = Signature.of(Path.of("../framework-api/src/main/java"));
        Files.writeString(WRITTEN, now.text());
        // In a folder or a jar, as the build has them at this point.
        Path built = Path.of(Sampler.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        classes = Files.isDirectory(built) ? Signature.jar(built) : Files.readAllBytes(built);
    }

    @Test
    void nothingThatPluginsWereCompiledAgainstIsBroken() {
        assertThat(ApiChanges.breaking(frozen, classes))
                .as("""
                        These changes break plugins that were compiled against the API's signature. The rules are in \
                        framework-api/METHODS.md, "How the API grows": see there for a way that breaks none. If it must be, \
                        it is a new major version (PluginHost.API_VERSION), or no release had what is changed: then copy \
                        integration-tests/%s over framework-api/%s in the same commit, and say why in its message""", WRITTEN, Signature.COMMITTED.getFileName())
                .isEmpty();
    }

    @Test
    void aSignatureHasAllThatItsClassesHave() throws IOException {
        assertThat(ApiChanges.breaking(classes, now.jar())).isEmpty();
    }

    /** Text to find in the signature, and what it becomes; {@code |} stands for a new line. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            void normal(io.sampler4j.api.Tensor out); => void normal(io.sampler4j.api.Tensor out); void gamma(int k);
            void sample(D model => default double order() { throw null; } void sample(D model
            public final class NoiseGrid { => public final class NoiseGrid { public int brandNew() { throw null; }
            enum Stat { => enum Stat { BRAND_NEW,
            public interface Noise { => public interface Noise { interface BrandNew {}
            """)
    void whatTheRulesAllowPasses(String found, String replacement) throws IOException {
        assertThat(ApiChanges.breaking(frozen, changed(found, replacement))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            void sample(D model => void prepare(); void sample(D model => rule 1
            default boolean followsGrid() { throw null; } => boolean followsGrid(); => rule 1
            Party.PLUGIN)|public interface Guidance { => Party.HOST)|public interface Guidance { => rule 1
            record Map(double ax, double ao => record Map(double more, double ax, double ao => rule 3
            void normal(io.sampler4j.api.Tensor out); => '' => rule 9
            public static final io.sampler4j.api.diffusion.Variance LEARNED = null; => '' => rule 9
            set(double a, io.sampler4j.api.Tensor y); => set(float a, io.sampler4j.api.Tensor y); => rule 9
            int samples(); => long samples(); => rule 10
            public interface Noise { => public interface Noise<T> { => rule 10
            public final class Condition { => public abstract class Condition { => rule 10
            """)
    void whatTheRulesForbidIsNamedWithItsRule(String found, String replacement, String rule) throws IOException {
        assertThat(ApiChanges.breaking(frozen, changed(found, replacement)))
                .anySatisfy(sentence -> assertThat(sentence).contains(rule + ","));
    }

    private static byte[] changed(String found, String replacement) throws IOException {
        String before = found.replace('|', '\n'), after = replacement.replace('|', '\n');
        assertThat(committed.text()).contains(before);
        int at = committed.text().indexOf(before);
        return new Signature(committed.text().substring(0, at)
                        + after
                        + committed.text().substring(at + before.length()))
                .jar();
    }
}
