package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewPluginIT {
    @TempDir
    private Path folder;

    @Test
    void theProjectBuildsKeepsTheRulesAndItsJarRuns() throws Exception {
        Path project = folder.resolve("my-heun");
        Tool.Ended written = Tool.run("new-plugin", "my-heun", "--group", "com.acme.ml", "-o", project.toString());
        assertThat(written.code()).as(written.err()).isZero();
        assertThat(written.out()).contains("the sampler my-heun in com.acme.ml.myheun", "mvn verify");
        try (Stream<Path> files = Files.walk(project)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(f -> project.relativize(f).toString()))
                    .containsExactlyInAnyOrder(
                            "pom.xml",
                            "README.md",
                            ".gitignore",
                            "src/main/java/com/acme/ml/myheun/MyHeunSampler.java",
                            "src/main/java/com/acme/ml/myheun/MyHeunContribution.java",
                            "src/test/java/com/acme/ml/myheun/MyHeunContributionTest.java");
        }

        Tool.Ended built = LocalRepository.ofTheBuild().maven(project, "verify");
        assertThat(built.code()).as(built.out()).isZero();
        assertThat(built.out()).contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0");

        Path plugins = folder.resolve("plugins");
        Distribution.copyPlugins(plugins);
        Files.copy(project.resolve("target/my-heun.jar"), plugins.resolve("my-heun.jar"));
        Tool.Ended made = Tool.run(
                "generate",
                "--plugins-dir",
                plugins.toString(),
                "--model",
                "digits-ddpm",
                "--sampler",
                "my-heun",
                "--set",
                "where=0.4",
                "--steps",
                "4",
                "--seed",
                "1",
                "-o",
                folder.resolve("digits.png").toString());
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(folder.resolve("digits.png")).isNotEmptyFile();
    }

    @Test
    void aNameThatAnotherPluginHasIsRefusedAndNothingIsWritten() throws Exception {
        Tool.Ended ended =
                Tool.run("new-plugin", "ddim", "-o", folder.resolve("new").toString());
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("the sampler ddim is there already, in ddim.jar: choose another name");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatIsThereAlreadyIsLeftAsItIs() throws Exception {
        Path there = folder.resolve("there");
        Files.createDirectory(there);
        Files.writeString(there.resolve("notes.txt"), "mine");
        Tool.Ended ended = Tool.run("new-plugin", "my-heun", "-o", there.toString());
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("exists already").contains("say a new directory");
        assertThat(there.resolve("notes.txt")).hasContent("mine");
        assertThat(folder.toFile().list()).containsExactly("there");
    }
}
