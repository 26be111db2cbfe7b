package io.sampler4j.runtime.run;

import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import java.util.Set;

/** How requests of one kind of model are planned. A further kind is a further row. */
interface Kind {
    /** What its manifests have, for a message, such as {@code diffusion}. */
    String name();

    /** Whether it plans for a model with this manifest. */
    boolean serves(Manifest manifest);

    /** What requests may ask of it. */
    Set<Request.Verb> verbs();

    /**
     * The plan of a request, whose verb is one of these.
     *
     * @throws io.sampler4j.api.error.RefusedException if it cannot work, with every reason that could be found
     */
    Planned plan(Request request, ModelDirectory directory, Leases leases);
}
