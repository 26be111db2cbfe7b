package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** Ids that mean something, from the model's own files. Made by the host; grows by methods. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Vocabulary {
    /** How many ids a row is over; the mask may be one of them or lie beyond. */
    int size();

    /** The mask id; a network without one (a causal prior) has a canvas whose masked positions it never looks at. */
    int mask();

    /** Whether this id ends a text. */
    boolean ends(int id);
}
