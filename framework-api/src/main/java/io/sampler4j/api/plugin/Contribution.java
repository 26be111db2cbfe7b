package io.sampler4j.api.plugin;

import io.sampler4j.api.ImplementedBy;
import java.util.List;
import org.apiguardian.api.API;
import org.pf4j.ExtensionPoint;

/**
 * What a plugin jar brings: its one PF4J extension, annotated {@code @Extension}, with a public constructor without
 * arguments. Made and asked once when the jar is loaded.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Contribution extends ExtensionPoint {
    /** Every component of this plugin. Must not have side effects. */
    List<Offer<?>> offers();
}
