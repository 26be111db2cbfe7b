package io.sampler4j.model;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.onnx.SessionInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A model on disk: a directory with a {@code model.json} and the files it lists. Immutable and thread-safe. */
public final class ModelDirectory {
    /** The manifest's file. */
    public static final String MANIFEST = "model.json";

    private final Path path;
    private final Manifest manifest;
    private final String sha256;

    private ModelDirectory(Path path, Manifest manifest, String sha256) {
        this.path = path;
        this.manifest = manifest;
        this.sha256 = sha256;
    }

    /**
     * Reads and validates the manifest; opens no network and hashes no file but the manifest.
     *
     * @throws RefusedException if there is no manifest, or it is faulty, or a listed file is missing or lies outside
     */
    public static ModelDirectory open(Path dir) {
        Path path = dir.toAbsolutePath().normalize();
        Path file = path.resolve(MANIFEST);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new RefusedException(
                    "there is no " + MANIFEST + " to read in " + path + ": `init-model` drafts one around a network",
                    e);
        }
        Manifest manifest = Manifest.parse(new String(bytes, StandardCharsets.UTF_8), file.toString());
        ModelDirectory model = new ModelDirectory(path, manifest, Hashes.of(bytes));
        List<String> faults = new ArrayList<>();
        for (String listed : manifest.files().keySet()) {
            try {
                model.confined(listed);
            } catch (RefusedException e) {
                faults.addAll(e.reasons());
            }
        }
        if (!faults.isEmpty()) throw new RefusedException(faults);
        return model;
    }

    /** The directory's own name. */
    public String name() {
        return path.getFileName().toString();
    }

    /** The directory, absolute. */
    public Path path() {
        return path;
    }

    /** What its model.json says. */
    public Manifest manifest() {
        return manifest;
    }

    /** The SHA-256 of model.json, in hexadecimal: the identity of the model, since it lists the hashes of the rest. */
    public String sha256() {
        return sha256;
    }

    /** The file, if it exists and neither its name nor a link leads out of the directory. */
    private Path confined(String relative) {
        Path inside;
        try {
            inside = Path.of(relative);
        } catch (InvalidPathException e) {
            throw new RefusedException(place() + "files." + relative + " is no path on this system", e);
        }
        if (inside.isAbsolute() || !path.resolve(inside).normalize().startsWith(path) || relative.contains("\\")) {
            throw new RefusedException(place() + "files." + relative
                    + " leads out of the directory: name files inside it, " + "by relative paths without ..");
        }
        Path file = path.resolve(inside);
        if (!Files.isRegularFile(file)) {
            throw new RefusedException(place() + "the file " + relative + " is missing");
        }
        try {
            if (!file.toRealPath().startsWith(path.toRealPath())) {
                throw new RefusedException(
                        place() + relative + " is a link out of the directory, to " + file.toRealPath()
                                + ": copy what it means, as a Hugging Face cache needs: cp -rL " + path + " DEST");
            }
        } catch (IOException e) {
            throw new RefusedException(place() + "cannot resolve " + relative + ": " + e.getMessage(), e);
        }
        return file;
    }

    private String place() {
        return path.resolve(MANIFEST) + ": ";
    }

    /**
     * A listed file, checked to be inside the directory and to have the hash that the manifest lists.
     *
     * @throws RefusedException if it is not listed, missing, outside or different
     */
    public Path file(String relative) {
        String expected = manifest.files().get(relative);
        if (expected == null) {
            throw new RefusedException(place() + "files does not list " + relative + ": add it, with its sha256");
        }
        Path file = confined(relative);
        String found = Hashes.of(file);
        if (!found.equals(expected)) {
            throw new RefusedException(place() + relative + " is not the listed file: expected sha256 " + expected
                    + ", found " + found + ". Copy it again, or list the new hash if the change is meant");
        }
        return file;
    }

    /**
     * Hashes every listed file, and looks for data files that a network needs and the manifest does not list.
     *
     * @throws RefusedException with every fault found
     */
    public void verify() {
        List<String> faults = new ArrayList<>();
        for (String listed : manifest.files().keySet()) {
            try {
                Path file = file(listed);
                if (listed.endsWith(".onnx")) externalData(listed, file);
            } catch (RefusedException e) {
                faults.addAll(e.reasons());
            } catch (NetworkException e) {
                faults.add(e.getMessage());
            }
        }
        if (!faults.isEmpty()) throw new RefusedException(faults);
    }

    /** The files beside a network that it keeps tensors in, each checked. */
    private List<Path> externalData(String network, Path file) {
        Set<String> locations = ExternalData.locations(file);
        Path folder = Path.of(network).getParent();
        List<Path> files = new ArrayList<>();
        for (String location : locations) {
            files.add(file(
                    folder == null
                            ? location
                            : folder.resolve(location).toString().replace('\\', '/')));
        }
        return files;
    }

    private static long bytes(List<Path> files) {
        long bytes = 0;
        for (Path file : files) bytes += file.toFile().length();
        return bytes;
    }

    /**
     * Leases the network of this role, after checking its hash and those of its external data, and its signature
     * against the manifest.
     *
     * @throws RefusedException if there is no such role, or a file is not the listed one
     * @throws NetworkException if it cannot be loaded, or its signature is not what the manifest says
     */
    public Network lease(OnnxRuntime runtime, String role, NetworkOptions options) {
        NetworkSpec spec = manifest.networks().get(role);
        if (spec == null)
            throw new RefusedException(
                    Names.unknown("network", role, manifest.networks().keySet()));
        Path file = file(spec.file());
        List<Path> files = externalData(spec.file(), file);
        files.add(file);
        Network network =
                runtime.lease(new SessionInfo(file, manifest.files().get(spec.file()), options, bytes(files)));
        try {
            SignatureCheck.of(manifest, role, network.signature()).orThrow();
            return network;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }
}
