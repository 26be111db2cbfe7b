package io.sampler4j.model.poison;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.onnx.TinyOnnx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A model directory with one thing wrong in it; sound unless told otherwise. */
final class Poison {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String NETWORK = "network.onnx";

    private final ObjectNode manifest;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, Path> links = new LinkedHashMap<>();
    private byte[] text;

    private Poison(byte[] network) {
        try {
            manifest = (ObjectNode) JSON.readTree("""
                    {"format": 1, "kind": "diffusion", "files": {},
                     "networks": {"denoiser": {"file": "network.onnx", "inputs": {"x": "x", "time": "t"},
                                               "outputs": {"prediction": "out"}}},
                     "process": {"coordinates": "VP", "betas": {"schedule": "linear", "start": 1e-4, "end": 0.02, "steps": 10}},
                     "prediction": "epsilon", "time": {"kind": "index", "perSample": true},
                     "sample": {"shape": [3, 8, 8], "range": [-1, 1]}}
                    """);
        } catch (IOException e) {
            throw new AssertionError("it is JSON", e);
        }
        file(NETWORK, network);
    }

    /** A sound model. */
    static Poison none() {
        return network(TinyOnnx.denoiser(3, 8, 8));
    }

    /** A sound manifest of this network, hash included. */
    static Poison network(byte[] network) {
        return new Poison(network);
    }

    /** As {@link #network}, whose weights lie beside it or are said to. */
    static Poison network(TinyOnnx network) {
        return network(network.bytes());
    }

    /** A file that is there and listed. */
    Poison file(String name, byte[] bytes) {
        ((ObjectNode) manifest.path("files")).put(name, TinyOnnx.sha256(bytes));
        return unlisted(name, bytes);
    }

    /** A file that is there only. */
    Poison unlisted(String name, byte[] bytes) {
        files.put(name, bytes);
        return this;
    }

    /** A file that is listed only. */
    Poison listed(String name) {
        ((ObjectNode) manifest.path("files")).put(name, "0".repeat(64));
        return this;
    }

    Poison link(String name, Path target) {
        links.put(name, target);
        return this;
    }

    Poison manifest(Consumer<ObjectNode> change) {
        change.accept(manifest);
        return this;
    }

    /** A manifest that is this and nothing else. */
    Poison manifest(byte[] bytes) {
        text = bytes.clone();
        return this;
    }

    /** A manifest that is this and nothing else. */
    Poison manifest(String json) {
        return manifest(json.getBytes(StandardCharsets.UTF_8));
    }

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path at = directory.resolve(file.getKey());
            Files.createDirectories(at.getParent());
            Files.write(at, file.getValue());
        }
        for (Map.Entry<String, Path> link : links.entrySet()) {
            Files.deleteIfExists(directory.resolve(link.getKey()));
            Files.createSymbolicLink(directory.resolve(link.getKey()), link.getValue());
        }
        Path place = directory.resolve("model.json");
        if (!links.containsKey("model.json")) {
            Files.write(place, text != null ? text : manifest.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
