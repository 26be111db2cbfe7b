package io.sampler4j.model;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.onnx.SessionInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model on disk: a directory with a {@code model.json} and the files it lists. Immutable and thread-safe. */
public final class ModelDirectory {
    /** The manifest's file. */
    public static final String MANIFEST = "model.json";

    /** Bytes: a hundred times what a manifest of a thousand named classes needs. */
    private static final int LARGEST_MANIFEST = 4 << 20;

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
        byte[] bytes = manifest(path, file);
        Manifest manifest = Manifest.parse(text(bytes, file), file.toString());
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

    private static byte[] manifest(Path path, Path file) {
        String none = "there is no " + MANIFEST + " to read in " + path + ": `init-model` drafts one around a network";
        // A device or a pipe, which a link may lead to, need not have an end.
        if (!Files.isRegularFile(file)) throw new RefusedException(none);
        try (InputStream in = Files.newInputStream(file)) {
            inside(path, file);
            byte[] bytes = in.readNBytes(LARGEST_MANIFEST + 1);
            if (bytes.length <= LARGEST_MANIFEST) return bytes;
            throw new RefusedException(file + " is larger than " + LARGEST_MANIFEST
                    + " bytes, as no manifest is: see that it is one, and keep data in files of their own");
        } catch (IOException e) {
            throw new RefusedException(none, e);
        }
    }

    private static String text(byte[] bytes, Path file) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RefusedException(file + " is not in UTF-8, as JSON must be: save it so", e);
        }
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
            inside(path, file);
        } catch (IOException e) {
            throw new RefusedException(place() + "cannot resolve " + relative + ": " + e.getMessage(), e);
        }
        return file;
    }

    private static void inside(Path directory, Path file) throws IOException {
        if (file.toRealPath().startsWith(directory.toRealPath())) return;
        throw new RefusedException(
                directory.resolve(MANIFEST) + ": " + directory.relativize(file) + " is a link out of the directory, to "
                        + file.toRealPath() + ": copy what it means, as a Hugging Face cache needs: cp -rL "
                        + directory + " DEST");
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
        if (relative.endsWith(".onnx")) OnnxFile.checkSize(file);
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

    /** The files beside a network that hold its tensors, by their names in the manifest, each checked. */
    private Map<String, Path> externalData(String network, Path file) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String location : OnnxFile.locations(file)) {
            String listed;
            try {
                listed = path.relativize(file.resolveSibling(location).normalize())
                        .toString()
                        .replace('\\', '/');
            } catch (InvalidPathException e) {
                throw new RefusedException(
                        place() + network + " keeps data in \"" + location + "\", which is no path on this system", e);
            }
            if (location.isEmpty() || Path.of(location).isAbsolute() || listed.startsWith("..")) {
                throw new RefusedException(place() + network + " keeps data in \"" + location
                        + "\", and must keep it inside the directory: export it again with its data beside it");
            }
            files.put(listed, file(listed));
        }
        return files;
    }

    /** Of the network and its data: the same graph with other weights is another network. */
    private String identity(String network, Set<String> data) {
        String own = manifest.files().get(network);
        List<String> hashes = data.stream().map(manifest.files()::get).toList();
        return hashes.isEmpty() ? own : Hashes.of((own + hashes).getBytes(StandardCharsets.UTF_8));
    }

    private static long bytes(Collection<Path> files) {
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
                    place() + Names.unknown("network", role, manifest.networks().keySet()));
        Path file = file(spec.file());
        Map<String, Path> data = externalData(spec.file(), file);
        long bytes = file.toFile().length() + bytes(data.values());
        Network network = runtime.lease(new SessionInfo(file, identity(spec.file(), data.keySet()), options, bytes));
        try {
            SignatureCheck.of(manifest, role, network.signature()).orThrow(file);
            return network;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }
}
