package io.sampler4j.runtime.run;

import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.diffusion.NetworkDenoiser;
import io.sampler4j.onnx.Cancellation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** The networks of one part of a run: the model's own, and those that guidance asks beside it. Confined to one thread. */
final class PartNetworks implements Networks, AutoCloseable {
    private final NetworkDenoiser network;
    private final Map<String, NetworkDenoiser> others = new LinkedHashMap<>();

    PartNetworks(DiffusionPlan plan, int samples, Cancellation stop, DoubleUnaryOperator told) {
        network = plan.model.open(samples, stop, told);
        plan.others.forEach((option, other) -> others.put(option, other.model().open(samples, stop, told)));
    }

    /** The model's own. */
    NetworkDenoiser network() {
        return network;
    }

    @Override
    public ConditionalDenoiser main() {
        return network;
    }

    @Override
    public ConditionalDenoiser other(String option) {
        NetworkDenoiser other = others.get(option);
        if (other != null) return other;
        throw new RefusedException("the guidance asks for the model that its option " + option
                + " names now that the run goes on, and did not when it was planned");
    }

    /** Rows that all of them evaluated so far. */
    long rows() {
        return network.rows()
                + others.values().stream().mapToLong(NetworkDenoiser::rows).sum();
    }

    /** Whether every number that any of them answered so far was finite. */
    boolean finite() {
        return network.finite() && others.values().stream().allMatch(NetworkDenoiser::finite);
    }

    @Override
    public void close() {
        others.values().forEach(NetworkDenoiser::close);
        network.close();
    }
}
