package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/** A contribution that keeps every rule, and others that break one each; listed as PF4J lists them. */
public final class BrokenContributions {
    private static final Option<Integer> ORDER = Option.whole("order", 1, 1, 1, "the order");

    private BrokenContributions() {}

    private static Offer<DiffusionSampler> euler() {
        return Offer.of(DiffusionSampler.class, "euler", o -> new ReferenceSamplers.Euler(), ORDER)
                .about("dx/dsigma = eps")
                .order(1, 2)
                .nfePerStep(1);
    }

    /** None. */
    @Extension
    public static final class Whole implements Contribution {
        @Override
        public List<Offer<?>> offers() {
            return List.of(euler());
        }
    }

    /** C1: PF4J could not make it. */
    @Extension
    public static final class WithParameter implements Contribution {
        private final String name;

        /** Its name is all that it needs. */
        public WithParameter(String name) {
            this.name = name;
        }

        @Override
        public List<Offer<?>> offers() {
            return List.of(Offer.of(DiffusionSampler.class, name, o -> new ReferenceSamplers.Euler())
                    .about("Euler"));
        }
    }

    /** C3: one more each time. */
    @Extension
    public static final class Growing implements Contribution {
        private final List<Offer<?>> offers = new ArrayList<>();

        @Override
        public List<Offer<?>> offers() {
            offers.add(Offer.of(DiffusionSampler.class, "euler-" + offers.size(), o -> new ReferenceSamplers.Euler()));
            return List.copyOf(offers);
        }
    }

    /** C4: a name with a capital. */
    @Extension
    public static final class Capital implements Contribution {
        @Override
        public List<Offer<?>> offers() {
            return List.of(Offer.of(DiffusionSampler.class, "Euler", o -> new ReferenceSamplers.Euler())
                    .about("dx/dsigma = eps"));
        }
    }

    /** C4: the name of one is the alias of another. */
    @Extension
    public static final class Twice implements Contribution {
        @Override
        public List<Offer<?>> offers() {
            return List.of(
                    euler(),
                    Offer.of(DiffusionSampler.class, "other", o -> new ReferenceSamplers.Heun())
                            .aliases("euler")
                            .about("Heun"));
        }
    }

    /** C5: says nothing of what it is for. */
    @Extension
    public static final class Silent implements Contribution {
        @Override
        public List<Offer<?>> offers() {
            return List.of(Offer.of(DiffusionSampler.class, "euler", o -> new ReferenceSamplers.Euler()));
        }
    }

    /** C6: reads an option that it does not declare. */
    @Extension
    public static final class Undeclared implements Contribution {
        @Override
        public List<Offer<?>> offers() {
            return List.of(Offer.of(
                            DiffusionSampler.class,
                            "euler",
                            o -> o.get(ORDER) == 1 ? new ReferenceSamplers.Euler() : new ReferenceSamplers.Heun())
                    .about("dx/dsigma = eps"));
        }
    }

    /** C7: claims the order of another. */
    @Extension
    public static final class Boastful implements Contribution {
        @Override
        public List<Offer<?>> offers() {
            return List.of(euler().order(2, 3));
        }
    }

    /** C8: claims to cost less. */
    @Extension
    public static final class Cheap implements Contribution {
        @Override
        public List<Offer<?>> offers() {
            return List.of(Offer.of(DiffusionSampler.class, "heun", o -> new ReferenceSamplers.Heun())
                    .about("the trapezoid on eps")
                    .order(2, 3)
                    .nfePerStep(1));
        }
    }

    /** C9: leaves an object of its own on the thread that made it. */
    @Extension
    public static final class Clinging implements Contribution {
        private static final ThreadLocal<Offer<?>> LAST = new ThreadLocal<>();

        @Override
        public List<Offer<?>> offers() {
            LAST.set(Offer.of(DiffusionSampler.class, "euler", o -> new ReferenceSamplers.Euler())
                    .about("dx/dsigma = eps"));
            return List.of(LAST.get());
        }
    }
}
