package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.runtime.plugin.Registry;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What scoring is the same of for every kind of model: the scorer, its options, its leases, its record. */
final class ScoreDraft {
    final Request request;
    final ModelDirectory directory;
    final Reasons reasons = new Reasons();
    final Components components;
    final Leases leases;

    ScoreDraft(Request request, ModelDirectory directory, Leases leases) {
        this.request = request;
        this.directory = directory;
        this.leases = leases;
        components = new Components(leases.registry(), directory.manifest(), reasons);
        reasons.unless(
                request.guidance().isEmpty() && request.cfgScale().isEmpty(),
                "a score is the network's own, and guidance changes what it says: leave --guidance and --cfg-scale away");
        reasons.unless(
                request.profile().isEmpty(),
                "a profile says how samples are made, which a score does not ask: leave it away");
    }

    /** The scorer of this kind that the request names, or the only one, with the host's options beside its own. */
    <T> Registry.Made<T> scorer(Class<T> kind, List<Option<?>> modelOptions, Map<String, String> byModel) {
        Optional<String> name = request.scorer().or(() -> components.only(kind, "--scorer"));
        components.declare("scorer", kind, name);
        components.declare("model", modelOptions, byModel);
        components.route(request.settings());
        components.check("model", modelOptions);
        Optional<Registry.Made<T>> made = components.make("scorer", kind, name);
        reasons.settle();
        return made.orElseThrow();
    }

    ObjectNode record(Registry.Made<?> scorer, Basics basics, Map<String, String> hashes) {
        ObjectNode r = JsonNodeFactory.instance.objectNode();
        r.put("format", 1).put("verb", "score");
        Record.model(r.putObject("model"), directory);
        Record.component(r.putObject("scorer"), scorer);
        r.put("seed", basics.seed()).put("rng", basics.rng().name()).put("seedMode", request.seedMode());
        ObjectNode inputs = r.putObject("inputs");
        hashes.forEach(inputs::put);
        Record.platform(r.putObject("platform"), basics.device(), basics.batching());
        return r;
    }
}
