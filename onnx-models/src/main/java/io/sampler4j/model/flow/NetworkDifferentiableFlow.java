package io.sampler4j.model.flow;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.DifferentiableFlow;
import io.sampler4j.onnx.Cancellation;
import java.util.Map;

/** The networks of both directions, and that of the gradient. Confined to a run, as {@link NetworkGenerator} is. */
public final class NetworkDifferentiableFlow extends NetworkFlow implements DifferentiableFlow {
    private final Calls ascending;

    NetworkDifferentiableFlow(FlowModel model, int samples, Cancellation cancellation, Runnable called) {
        super(model, samples, cancellation, called);
        ascending = new Calls(
                model.network(FlowModel.GRADIENT),
                Map.of(model.spec(FlowModel.GRADIENT).inputs().get("x"), model.sampleShape(samples)),
                Map.of(output("logp"), new long[] {samples}, output("gradient"), model.sampleShape(samples)),
                cancellation,
                called);
    }

    private String output(String meaning) {
        return model.spec(FlowModel.GRADIENT).outputs().get(meaning);
    }

    @Override
    public void gradient(Tensor x, double[] nats, Tensor grad) {
        ascending.slot().state(model.spec(FlowModel.GRADIENT).inputs().get("x"), 0, x);
        ascending.run();
        ascending.add(output("logp"), nats);
        ascending.read(output("gradient"), grad);
    }

    @Override
    public void close() {
        super.close();
        ascending.close();
    }
}
