package io.sampler4j.runtime.run;

import io.sampler4j.api.Condition;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ClassesSpec;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.diffusion.DiffusionModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model that the run asks beside its own, such as the weaker one of autoguidance. What it predicts, in which
 * coordinates and in whose time is its own business; what a sample is must be the same.
 */
record OtherModel(ModelDirectory directory, DiffusionModel model) {
    /** Refuses one that makes other samples than the run's own model, or means other classes. */
    void requireFit(ModelDirectory own, Condition wanted) {
        List<String> reasons = new ArrayList<>();
        SampleSpec mine = own.manifest().sample().orElseThrow(),
                its = directory.manifest().sample().orElseThrow();
        if (!mine.shape().equals(its.shape())) {
            reasons.add(own.name() + " makes samples of shape " + mine.shape() + ", and " + directory.name() + " of "
                    + its.shape() + ": the two must be of one shape to be compared");
        }
        if (mine.low() != its.low() || mine.high() != its.high()) {
            reasons.add(own.name() + " makes samples in [" + mine.low() + ", " + mine.high() + "], and "
                    + directory.name() + " in [" + its.low() + ", " + its.high()
                    + "]: the two must be of one range to be compared");
        }
        Optional<ClassesSpec> myClasses = own.manifest().classes();
        directory.manifest().classes().ifPresent(classes -> {
            boolean asked = !wanted.names().isEmpty();
            if (asked && !myClasses.orElseThrow().names().equals(classes.names())) {
                reasons.add("the classes of " + own.name() + " are "
                        + myClasses.get().names() + ", and those of " + directory.name() + " are " + classes.names()
                        + ": a class must mean the same to both");
            }
        });
        if (!reasons.isEmpty()) throw new RefusedException(reasons);
    }
}
