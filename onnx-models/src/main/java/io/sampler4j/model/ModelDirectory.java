package io.sampler4j.model;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import java.nio.file.Path;

/** A model on disk: a directory with a {@code model.json} and the files it lists. Immutable and thread-safe. */
public final class ModelDirectory {
    private ModelDirectory() {}

    /**
     * Reads and validates the manifest; opens no network and hashes no file but the manifest.
     *
     * @throws RefusedException if there is no manifest, or it is faulty, or a listed file is missing or lies outside
     */
    public static ModelDirectory open(Path dir) {
        throw new UnsupportedOperationException("to come");
    }

    /** The directory's own name. */
    public String name() {
        throw new UnsupportedOperationException("to come");
    }

    /** The directory, absolute. */
    public Path path() {
        throw new UnsupportedOperationException("to come");
    }

    /** What its model.json says. */
    public Manifest manifest() {
        throw new UnsupportedOperationException("to come");
    }

    /** The SHA-256 of model.json, in hexadecimal: the identity of the model, since it lists the hashes of the rest. */
    public String sha256() {
        throw new UnsupportedOperationException("to come");
    }

    /**
     * A listed file, checked to be inside the directory and to have the hash that the manifest lists.
     *
     * @throws RefusedException if it is not listed, missing, outside or different
     */
    public Path file(String relative) {
        throw new UnsupportedOperationException("to come");
    }

    /**
     * Hashes every listed file, and looks for data files that a network needs and the manifest does not list.
     *
     * @throws RefusedException with every fault found
     */
    public void verify() {
        throw new UnsupportedOperationException("to come");
    }

    /**
     * Leases the network of this role, after checking its hash and those of its external data, and its signature
     * against the manifest.
     *
     * @throws RefusedException if there is no such role, or a file is not the listed one
     * @throws NetworkException if it cannot be loaded, or its signature is not what the manifest says
     */
    public Network lease(OnnxRuntime runtime, String role, NetworkOptions options) {
        throw new UnsupportedOperationException("to come");
    }
}
