package io.sampler4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String example(String name) throws IOException {
        try (InputStream in = ManifestTest.class.getResourceAsStream("/manifests/" + name + ".json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ddpm", "ddim", "edm", "rectified-flow", "nice", "vqgan", "vqgan-prior", "maskgit-prior", "llada"
            })
    void everyMethodHasAManifestThatIsReadAndWrittenBack(String name) throws IOException {
        Manifest manifest = Manifest.parse(example(name), name);
        assertThat(Manifest.parse(manifest.json(), "written")).isEqualTo(manifest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ddpm", "ddim", "edm", "rectified-flow", "nice", "vqgan", "vqgan-prior", "maskgit-prior", "llada"
            })
    void everyMemberOfTheExamplesIsInTheSchema(String name) throws IOException {
        List<String> unknown = new ArrayList<>();
        strangers(JSON.readTree(example(name)), schema(), "", unknown);
        assertThat(unknown).isEmpty();
    }

    /** Each member of the schema is tried alone: the reader may dislike its value, but must know its name. */
    @Test
    void everyMemberOfTheSchemaIsKnownToTheReader() throws IOException {
        List<String> unknown = new ArrayList<>();
        tried(schema(), "", unknown);
        assertThat(unknown).isEmpty();
    }

    private static JsonNode schema() throws IOException {
        try (InputStream in = Manifest.class.getResourceAsStream("model.schema.json")) {
            return JSON.readTree(in);
        }
    }

    private static void strangers(JsonNode value, JsonNode schema, String place, List<String> unknown) {
        if (!value.isObject()) return;
        value.properties().forEach(member -> {
            JsonNode known = schema.path("properties").path(member.getKey());
            if (known.isMissingNode()) known = schema.path("additionalProperties");
            if (!known.isObject()) unknown.add(place + member.getKey());
            else strangers(member.getValue(), known, place + member.getKey() + ".", unknown);
        });
    }

    private static void tried(JsonNode schema, String place, List<String> unknown) {
        schema.path("properties").properties().forEach(member -> {
            String path = place + member.getKey();
            ObjectNode root = JSON.createObjectNode();
            ObjectNode at = root;
            String[] parts = path.split("\\.");
            for (int i = 0; i < parts.length - 1; i++) at = at.putObject(parts[i]);
            at.putNull(parts[parts.length - 1]);
            try {
                Manifest.parse(root.toString(), "tried");
            } catch (RefusedException e) {
                if (e.getMessage().contains("there is no member " + path)) unknown.add(path);
            }
            tried(member.getValue(), path + ".", unknown);
        });
    }

    @Test
    void everyFaultIsNamedWithItsPlace() throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(example("ddim"));
        root.put("predicton", "v").put("variance", "large");
        ((ObjectNode) root.path("process").path("betas")).put("start", "low").remove("steps");
        ((ObjectNode) root.path("files")).put("unet.onnx", "abc");
        assertThatThrownBy(() -> Manifest.parse(root.toString(), "model.json"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("there is no member predicton; the nearest is prediction")
                .hasMessageContaining("variance must be one of none, learned, learned-range, got \"large\"")
                .hasMessageContaining("process.betas.start must be a number, got \"low\"")
                .hasMessageContaining("process.betas.steps is missing")
                .hasMessageContaining("files.unet.onnx must be a sha256");
    }

    @Test
    void codesAndCodebooksThatCannotBeAreFaults() throws IOException {
        ObjectNode prior = (ObjectNode) JSON.readTree(example("vqgan-prior"));
        ((ObjectNode) prior.path("tokens")).put("codes", 600).put("present", "old");
        assertThatThrownBy(() -> Manifest.parse(prior.toString(), "m"))
                .hasMessageContaining("tokens.codes is 600, and there are but the 522")
                .hasMessageContaining("tokens.present must be one of whole, new");
        ObjectNode codec = (ObjectNode) JSON.readTree(example("vqgan"));
        ((ObjectNode) codec.path("codec")).put("codebook", "book.npy");
        assertThatThrownBy(() -> Manifest.parse(codec.toString(), "m"))
                .hasMessageContaining("codec.codebook is book.npy, which files does not list");
    }

    /** The four rows of Karras et al. 2022, table 1, as a manifest says them. */
    @ParameterizedTest
    @ValueSource(strings = {"vp", "ve", "iddpm", "edm"})
    void everyPreconditioningIsReadAndWrittenBackAndSaysWhatItLacks(String row) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(example("edm"));
        root.put("prediction", "F").put("preconditioning", row).remove("sigmaData");
        ObjectNode process = root.putObject("process").put("coordinates", "VE");
        String lacking = switch (row) {
            case "vp" -> "vp needs process.schedule";
            case "iddpm" -> "iddpm needs process.betas";
            case "edm" -> "F needs sigmaData";
            default -> "";
        };
        if (!lacking.isEmpty()) {
            assertThatThrownBy(() -> Manifest.parse(root.toString(), "m")).hasMessageContaining(lacking);
        }
        root.put("sigmaData", .5);
        if (row.equals("vp")) {
            process.putObject("schedule")
                    .put("kind", "linear-beta")
                    .put("betaMin", .1)
                    .put("betaMax", 20);
        }
        if (row.equals("iddpm"))
            process.putObject("betas").put("schedule", "squared-cosine").put("steps", 1000);
        Manifest manifest = Manifest.parse(root.toString(), "m");
        assertThat(manifest.preconditioning()).contains(row);
        assertThat(Manifest.parse(manifest.json(), "written")).isEqualTo(manifest);
        process.put("coordinates", "VP");
        assertThatThrownBy(() -> Manifest.parse(root.toString(), "m")).hasMessageContaining("in VE coordinates");
    }

    @Test
    void membersThatContradictOneAnotherAreRefused() throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(example("rectified-flow"));
        root.put("preconditioning", "edm").putObject("process").put("coordinates", "VP");
        assertThatThrownBy(() -> Manifest.parse(root.toString(), "m"))
                .hasMessageContaining("it goes with prediction F")
                .hasMessageContaining("time.kind is t, which needs process.schedule or the coordinates FLOW");
        ((ObjectNode) root.path("time")).put("kind", "index");
        assertThatThrownBy(() -> Manifest.parse(root.toString(), "m")).hasMessageContaining("and there are none");
    }

    @Test
    void aDoubledMemberAndTextThatIsNoJsonAreRefused() {
        assertThatThrownBy(() -> Manifest.parse("{\"format\": 1, \"format\": 1}", "m"))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> Manifest.parse("{\n  \"format\": 1,\n", "m")).hasMessageContaining("is not JSON");
    }
}
