package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The BOM has no parent that would keep it in step. */
class BillOfMaterialsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>([^<]+)</artifactId>");
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

    private static String pom(Path module) throws IOException {
        return Files.readString(module.resolve("pom.xml")).replaceAll("(?s)<parent>.*?</parent>", "");
    }

    private static String first(Pattern pattern, String pom) {
        Matcher found = pattern.matcher(pom);
        if (!found.find()) throw new AssertionError("no " + pattern + " in " + pom);
        return found.group(1);
    }

    private static void jars(Path module, Set<String> artifacts) throws IOException {
        String pom = pom(module);
        List<String> modules = new ArrayList<>();
        for (Matcher m = MODULE.matcher(pom); m.find(); ) modules.add(m.group(1));
        for (String below : modules) jars(module.resolve(below), artifacts);
        if (!pom.contains("<packaging>pom</packaging>")) artifacts.add(first(ARTIFACT, pom));
    }

    @Test
    void itHasTheBuildsVersionAndListsEveryArtefactButTheDistributions() throws IOException {
        Set<String> built = new TreeSet<>();
        jars(ROOT, built);
        built.remove("integration-tests");
        String bom = pom(ROOT.resolve("runtime/bom"));
        Set<String> listed = new TreeSet<>();
        String managed = bom.substring(bom.indexOf("<dependencyManagement>"), bom.indexOf("</dependencyManagement>"));
        for (Matcher m = ARTIFACT.matcher(managed); m.find(); ) listed.add(m.group(1));
        assertThat(listed).isEqualTo(built);
        assertThat(first(VERSION, bom)).isEqualTo(first(VERSION, pom(ROOT)));
    }
}
