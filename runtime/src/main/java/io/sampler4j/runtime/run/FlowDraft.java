package io.sampler4j.runtime.run;

import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.onnx.Network;
import io.sampler4j.runtime.plugin.Registry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the runs over flows, generators and codecs are planned of, whatever they do. */
final class FlowDraft {
    /** A flow's own samples leave the range by some of its widths, and must come back to their latents. */
    static final double SLACK = 10;

    final ModelDirectory directory;
    final Manifest manifest;
    final Reasons reasons = new Reasons();
    final Components components;
    /** Of the files that it reads. */
    final Map<String, String> hashes = new LinkedHashMap<>();

    Request request;
    Basics basics;
    private final Leases leases;

    FlowDraft(Request request, ModelDirectory directory, Leases leases) {
        this.request = request;
        this.directory = directory;
        this.leases = leases;
        manifest = directory.manifest();
        components = new Components(leases.registry(), manifest, reasons);
        refuse("--scheduler", request.scheduler().isPresent());
        refuse("--steps", request.steps().isPresent());
        refuse("--guidance", request.guidance().filter(g -> !g.equals("none")).isPresent());
        refuse("--cfg-scale", request.cfgScale().isPresent());
        refuse("--init-noise", request.initNoise().isPresent());
        refuse("--step-noise", request.stepNoise().isPresent());
        refuse("--strength", request.strength().isPresent());
        refuse("--trace", request.trace().isPresent());
        refuse("--trace-states", request.traceStates().isPresent());
        refuse(
                "--class",
                request.verb() != Request.Verb.GENERATE && request.classes().isPresent());
        refuse("--gif x0", request.frames() == Request.Frames.X0);
        boolean path = List.of(Request.Verb.INPAINT, Request.Verb.INTERPOLATE).contains(request.verb());
        reasons.unless(
                path || request.frames() == Request.Frames.NONE,
                "one call of a network has no path for a gif to show: let the output end in .png");
        reasons.unless(
                request.verb() == Request.Verb.INPAINT
                        || request.initImage().isEmpty() && request.mask().isEmpty(),
                "--init-image and --mask have no meaning for %s, which starts from a latent: inpaint makes part of a "
                        + "picture new",
                directory.name());
    }

    private void refuse(String option, boolean given) {
        reasons.unless(
                !given,
                "%s has no meaning for %s, whose samples take one call of a network: leave it away",
                option,
                directory.name());
    }

    SampleSpec sample() {
        return manifest.sample().orElseThrow();
    }

    /** Reads the rest of the request, of which now the count is known, and spreads its samples over calls. */
    void spread(int count) {
        request = request.count(count);
        basics = new Basics(request, reasons);
        reasons.settle();
        basics.spread(false);
        reasons.settle();
    }

    /** The distribution that the manifest names. */
    Optional<Registry.Made<LatentDistribution>> latents() {
        return latents(manifest, components);
    }

    static Optional<Registry.Made<LatentDistribution>> latents(Manifest manifest, Components components) {
        Optional<String> name = manifest.latent().map(l -> l.distribution());
        components.declare("latent", LatentDistribution.class, name);
        return components.make("latent", LatentDistribution.class, name);
    }

    /** The model over those of its networks that have one of these roles. */
    FlowModel model(List<String> roles) {
        return model(directory, leases, basics, roles);
    }

    static FlowModel model(ModelDirectory directory, Leases leases, Basics basics, List<String> roles) {
        Map<String, Network> networks = new LinkedHashMap<>();
        for (String role : FlowModel.roles(directory.manifest())) {
            if (roles.contains(role)) networks.put(role, leases.network(directory, role, basics.network()));
        }
        return new FlowModel(directory.manifest(), networks);
    }
}
