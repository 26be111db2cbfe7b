package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRepositoryIT {
    @TempDir
    private Path project;

    @Test
    void aProjectResolvesTheBuildsArtefactsByTheirCoordinatesAndNoOthers() throws Exception {
        LocalRepository repository = LocalRepository.ofTheBuild();

        Tool.Ended found = resolve(repository, "framework-api");
        assertThat(found.code()).as(found.out()).isZero();
        assertThat(repository.jar("framework-api")).isRegularFile();

        Tool.Ended missing = resolve(repository, "no-such-module");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.out()).contains("io.sampler4j:no-such-module:jar:" + repository.version());
    }

    private Tool.Ended resolve(LocalRepository repository, String artifact) throws Exception {
        Files.writeString(project.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>org.example</groupId>
                  <artifactId>stranger</artifactId>
                  <version>1</version>
                  <dependencies>
                    <dependency>
                      <groupId>io.sampler4j</groupId>
                      <artifactId>%s</artifactId>
                      <version>%s</version>
                    </dependency>
                  </dependencies>
                  <build>
                    <plugins>
                      <plugin>
                        <groupId>org.apache.maven.plugins</groupId>
                        <artifactId>maven-resources-plugin</artifactId>
                        <version>3.3.1</version>
                      </plugin>
                      <plugin>
                        <groupId>org.apache.maven.plugins</groupId>
                        <artifactId>maven-compiler-plugin</artifactId>
                        <version>3.14.1</version>
                      </plugin>
                    </plugins>
                  </build>
                </project>
                """.formatted(artifact, repository.version()));
        return repository.maven(project, "compile");
    }
}
