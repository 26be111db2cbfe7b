package io.sampler4j.api.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.testing.ReferenceSamplers;
import io.sampler4j.api.testing.TextOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OfferTest {
    private static final Option<Integer> ORDER = Option.whole("order", 2, 1, 3, "order");
    private final Offer<DiffusionSampler> euler =
            Offer.of(DiffusionSampler.class, "euler", o -> new ReferenceSamplers.Euler(), ORDER);

    @Test
    void everyStatementAddsToTheOthers() {
        Offer<?> full = euler.aliases("EulerDiscreteScheduler")
                .about("first order")
                .source("Karras et al. 2022")
                .order(1, 2)
                .nfePerStep(1);
        assertThat(full.kind()).isEqualTo(DiffusionSampler.class);
        assertThat(full.name()).isEqualTo("euler");
        assertThat(full.aliases()).containsExactly("EulerDiscreteScheduler");
        assertThat(full.about()).isEqualTo("first order");
        assertThat(full.source()).isEqualTo("Karras et al. 2022");
        assertThat(full.order()).hasValue(1);
        assertThat(full.localOrder()).hasValue(2);
        assertThat(full.nfePerStep()).hasValue(1);
        assertThat(full.options()).isEqualTo(List.of(ORDER));
    }

    @Test
    void whatIsNotStatedIsAbsent() {
        assertThat(euler.order()).isEmpty();
        assertThat(euler.localOrder()).isEmpty();
        assertThat(euler.nfePerStep()).isEmpty();
        assertThat(euler.about()).isEmpty();
    }

    @Test
    void orderAndCostMayDependOnAnOption() {
        Offer<DiffusionSampler> rungeKutta = euler.order(1, 2)
                .where(ORDER, "2", 2, 3, 2)
                .where(ORDER, "4", 4, 5, 4)
                .about("kept");
        assertThat(euler.variants()).isEmpty();
        assertThat(rungeKutta.variants())
                .extracting(
                        Offer.Variant::option, Offer.Variant::value, Offer.Variant::order, Offer.Variant::localOrder)
                .containsExactly(tuple("order", "2", 2, 3), tuple("order", "4", 4, 5));
        assertThat(rungeKutta.variants()).extracting(Offer.Variant::nfePerStep).containsExactly(2.0, 4.0);
        assertThat(rungeKutta.order()).hasValue(1);
    }

    @Test
    void theFactoryGetsTypedValuesAndOnlyThoseItDeclared() {
        int[] seen = new int[1];
        Contribution plugin = () -> List.of(Offer.of(
                DiffusionSampler.class,
                "own",
                o -> {
                    seen[0] = o.get(ORDER);
                    return new ReferenceSamplers.Euler();
                },
                ORDER));
        TextOptions.make(plugin, DiffusionSampler.class, "own", Map.of("order", "3"));
        assertThat(seen[0]).isEqualTo(3);
        Contribution forgetful =
                () -> List.of(Offer.of(DiffusionSampler.class, "own", o -> o.get(ORDER) > 0 ? null : null));
        assertThatThrownBy(() -> TextOptions.make(forgetful, DiffusionSampler.class, "own", Map.of()))
                .isInstanceOf(IllegalStateException.class);
    }
}
