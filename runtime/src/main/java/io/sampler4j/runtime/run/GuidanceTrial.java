package io.sampler4j.runtime.run;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.model.diffusion.NetworkDenoiser;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.runtime.plugin.Watchdog;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Guidance at plan time, on tensors without data: which models it names beside the run's own, and whether its questions
 * can be answered at all.
 */
final class GuidanceTrial {
    private final Registry.Made<Guidance> guidance;
    private final ModelDirectory own;
    private final DiffusionModel model;
    private final Condition wanted;
    private final Function<String, OtherModel> find;
    private final Map<String, OtherModel> others = new LinkedHashMap<>();
    private final Set<String> problems = new LinkedHashSet<>();

    /** @param find opens the model that this value of an option names */
    GuidanceTrial(
            Registry.Made<Guidance> guidance,
            ModelDirectory own,
            DiffusionModel model,
            Condition wanted,
            Function<String, OtherModel> find) {
        this.guidance = guidance;
        this.own = own;
        this.model = model;
        this.wanted = wanted;
        this.find = find;
    }

    /** Its estimator, over networks that answer nothing. */
    Estimator estimator(Tensor like) {
        return guidance.component().guide(new Silent(), wanted, Condition.NONE, like);
    }

    /** The models that it asked for, by the option that names each. */
    Map<String, OtherModel> others() {
        return others;
    }

    /** Why it cannot work here. */
    Set<String> problems() {
        return problems;
    }

    private OtherModel other(String option) {
        return others.computeIfAbsent(option, o -> {
            String name = guidance.options().get(o);
            if (name == null) {
                throw new IllegalStateException(guidance.offer().name() + " asks for the model that its option " + o
                        + " names, and has no such option");
            }
            OtherModel found = Watchdog.untimed(() -> find.apply(name));
            found.requireFit(own, wanted);
            return found;
        });
    }

    private final class Silent implements Networks {
        @Override
        public ConditionalDenoiser main() {
            return silent(own, model, false);
        }

        @Override
        public ConditionalDenoiser other(String option) {
            OtherModel other = GuidanceTrial.this.other(option);
            return silent(other.directory(), other.model(), true);
        }
    }

    /** @param alone whether nobody else judges the levels at which it is asked, as the dry run does for the run's own */
    private ConditionalDenoiser silent(ModelDirectory directory, DiffusionModel asked, boolean alone) {
        NetworkDenoiser facts = asked.open(1, new Cancellation());
        return new ConditionalDenoiser() {
            @Override
            public Estimate estimate(Tensor x) {
                return facts.estimate(x);
            }

            @Override
            public void denoise(Tensor x, NoiseLevel at, List<Condition> given, List<Estimate> out) {
                if (alone && !facts.knows(at)) {
                    problems.add("the prediction of " + directory.name() + " has no meaning at " + at);
                }
                if (given.size() > 1 && given.stream().distinct().count() < given.size()) nowhere(directory);
                else if (given.contains(Condition.NONE)) withoutClass(directory, asked);
            }
        };
    }

    /** Wanted and nothing are one and the same. */
    private void nowhere(ModelDirectory directory) {
        problems.add(
                directory.manifest().classes().isPresent()
                        ? "guidance leads towards a class: say --class as well, or leave --guidance and --cfg-scale away"
                        : directory.name() + " knows no classes, so "
                                + guidance.offer().name()
                                + " has nothing to lead towards: leave --guidance and --cfg-scale away");
    }

    private void withoutClass(ModelDirectory directory, DiffusionModel asked) {
        if (!asked.takesClass() || asked.nullClass().isPresent()) return;
        problems.add(directory.name() + " was trained without a null class, which "
                + guidance.offer().name() + " needs: it asks what the network says where no class is given");
    }
}
