package io.sampler4j.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginProjectTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "My-Heun     | org.example    | lower-case letters, digits and hyphens",
                "2s          | org.example    | with a letter first, as in my-heun",
                "heun-       | org.example    | got \"heun-\"",
                "../heun     | org.example    | got \"../heun\"",
                "new         | org.example    | choose a name of its own, such as my-new",
                "diffusion   | org.example    | such as my-diffusion",
                "my-heun     | Org.Example    | --group must be a Java package in lower case",
                "my-heun     | org.new        | --group must be a Java package in lower case",
                "my-heun     | org..x         | --group must be a Java package in lower case",
                "my-heun     | io.sampler4j.x | is the host's own"
            })
    void aNameThatWouldNotCompileOrNotLoadIsRefused(String name, String group, String why) {
        assertThatThrownBy(() -> PluginProject.named(name, group))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(why);
    }

    @Test
    void everyPlaceOfTheTemplatesIsFilled() throws Exception {
        Path project = folder.resolve("project");
        PluginProject.named("my-2s-heun", "org.x.org").write(project);
        Path source = project.resolve("src/main/java/org/x/org/my2sheun/My2sHeunSampler.java");
        assertThat(source).content().contains("package org.x.org.my2sheun;", "final class My2sHeunSampler");
        assertThat(project.resolve("pom.xml"))
                .content()
                .contains("<Plugin-Id>org.x.org.my-2s-heun</Plugin-Id>")
                .doesNotContain("${project.version}-", "${maven");
        try (var files = Files.walk(project)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(file).content().doesNotContainPattern("@[A-Za-z0-9]+@");
            }
        }
    }

    @Test
    void aFolderWithAnythingInItIsLeftAsItIs() throws Exception {
        Files.writeString(folder.resolve("notes.txt"), "mine");
        PluginProject project = PluginProject.named("my-heun", "org.example");
        assertThatThrownBy(() -> project.write(folder))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("exists already");
        assertThat(folder.toFile().list()).containsExactly("notes.txt");
    }
}
