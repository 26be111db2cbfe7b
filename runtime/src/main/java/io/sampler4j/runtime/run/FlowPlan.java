package io.sampler4j.runtime.run;

import io.sampler4j.model.flow.FlowModel;
import java.util.List;

/** A run over a flow or another generator. */
abstract class FlowPlan extends PartsPlan {
    final FlowModel model;

    FlowPlan(FlowDraft draft, FlowModel model, List<Integer> classes) {
        super(draft, classes);
        this.model = model;
    }
}
