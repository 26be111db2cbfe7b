package io.sampler4j.api.plugin;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** The values of a component's options, checked. Made by the host; immutable. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Options {
    /**
     * The value given for this option, or its default.
     *
     * @throws IllegalStateException if the component's offer does not declare the option
     */
    <T> T get(Option<T> option);
}
