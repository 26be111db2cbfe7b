package io.sampler4j.api.testing;

import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.assertj.core.api.AbstractAssert;

/** What can be asked of a contribution. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class ContributionAssert extends AbstractAssert<ContributionAssert, Contribution> {
    private Given given = Given.DEFAULTS;

    ContributionAssert(Contribution contribution) {
        super(contribution, ContributionAssert.class);
    }

    /** The component of that name is judged with this option, for one that cannot be made from its defaults. */
    public ContributionAssert with(String component, String option, String value) {
        given = given.with(component, option, value);
        return this;
    }

    /** The rules C1 to C9, and of every component, at the defaults of its options or at those of {@link #with}, those of its kind. */
    public ContributionAssert keepsTheRules() {
        isNotNull();
        List<Broken> broken = new ArrayList<>(ContributionRules.brokenBy(actual, given));
        if (broken.stream().noneMatch(b -> b.rule() == Rule.C3 || b.rule() == Rule.C6)) {
            for (Offer<?> offer : actual.offers()) {
                for (Broken each : ContributionRules.brokenBy(offer, given)) {
                    broken.add(new Broken(each.rule(), each.found() + " (" + ContributionRules.shown(offer) + ")"));
                }
            }
        }
        PluginAssertions.none(broken, this::failWithMessage);
        return this;
    }
}
