package io.sampler4j.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.apiguardian.api.API;

/**
 * Who implements a type of this API, which decides how the type may grow without breaking a plugin that was compiled
 * against an earlier 1.x: a type of the {@link Party#HOST} may gain methods, a type of a {@link Party#PLUGIN} only
 * defaults that are right for a plugin that never heard of them, and a value that {@link Party#NOBODY} implements is
 * final and gains methods freely.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface ImplementedBy {
    /** The one party that may implement the annotated type. */
    Party value();

    /** The parties. Documentation only: no code switches over them. */
    @API(status = API.Status.STABLE, since = "1.0")
    @ImplementedBy(Party.NOBODY)
    enum Party {
        /** Implemented by the runtime; plugins only call it. */
        HOST,
        /** Implemented by plugins; the runtime calls it. */
        PLUGIN,
        /** A final value or an annotation. */
        NOBODY
    }
}
