package io.sampler4j.model;

import java.util.ArrayList;
import java.util.List;

/** What members of a flow's or generator's manifest ask of one another. */
final class FlowFaults {
    private FlowFaults() {}

    static List<String> of(Manifest manifest) {
        List<String> faults = new ArrayList<>();
        if (!manifest.kind().equals("flow")) return faults;
        if (manifest.networks().containsKey("gradient") && !manifest.networks().containsKey("encoder")) {
            faults.add("networks has a gradient and no encoder: a likelihood is of what is encoded");
        }
        manifest.latent()
                .ifPresent(latent -> manifest.sample().ifPresent(sample -> {
                    if (latent.size() != sample.size()) {
                        faults.add(
                                "latent.shape has " + latent.size() + " numbers, and sample.shape " + sample.size()
                                        + ": a flow keeps their number; flatten all levels of a multi-level flow into one latent");
                    }
                }));
        return faults;
    }
}
