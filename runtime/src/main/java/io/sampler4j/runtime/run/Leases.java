package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.Closer;
import io.sampler4j.runtime.plugin.Registry;

/** What a plan holds until it is closed: one generation of plugins, and networks. Confined to the thread that plans. */
final class Leases {
    private final Models models;
    private final OnnxRuntime onnx;
    private final Closer closer;
    private final Registry registry;

    /**
     * @param registry of plugins that stay at least as long
     * @param closer closes what is leased
     */
    Leases(Models models, Registry registry, OnnxRuntime onnx, Closer closer) {
        this.models = models;
        this.onnx = onnx;
        this.closer = closer;
        this.registry = registry;
    }

    /** The plugins, the same ones for as long as the plan is open. */
    Registry registry() {
        return registry;
    }

    /** A network of a model by its role. */
    Network network(ModelDirectory directory, String role, NetworkOptions options) {
        return closer.add(directory.lease(onnx, role, options));
    }

    /**
     * Another model that the run needs.
     *
     * @throws RefusedException if it is of another kind than the run needs
     */
    ModelDirectory model(String name, String kind, String what) {
        ModelDirectory directory = models.open(name);
        String found = directory.manifest().kind();
        if (found.equals(kind)) return directory;
        throw new RefusedException(directory.name() + " is a model of kind " + found + ": " + what
                + " needs one of kind " + kind + ". `models` lists what there is");
    }

    /** Has something else closed with the plan. */
    <T extends AutoCloseable> T add(T resource) {
        return closer.add(resource);
    }
}
