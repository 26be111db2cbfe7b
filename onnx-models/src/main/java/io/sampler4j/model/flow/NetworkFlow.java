package io.sampler4j.model.flow;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.Flow;
import io.sampler4j.onnx.Cancellation;
import java.util.Map;

/** The networks of both directions. Confined to a run, as {@link NetworkGenerator} is. */
public class NetworkFlow extends NetworkGenerator implements Flow {
    private final Calls encoding;

    NetworkFlow(FlowModel model, int samples, Cancellation cancellation, Runnable called) {
        super(model, samples, new int[0], cancellation, called);
        encoding = new Calls(
                model.network(FlowModel.ENCODER),
                Map.of(model.spec(FlowModel.ENCODER).inputs().get("x"), model.sampleShape(samples)),
                Map.of(output("z"), model.latentShape(samples), output("logdet"), new long[] {samples}),
                cancellation,
                called);
    }

    private String output(String meaning) {
        return model.spec(FlowModel.ENCODER).outputs().get(meaning);
    }

    @Override
    public void encode(Tensor x, Tensor z, double[] logDet) {
        encoding.slot().state(model.spec(FlowModel.ENCODER).inputs().get("x"), 0, x);
        encoding.run();
        encoding.read(output("z"), z);
        encoding.add(output("logdet"), logDet);
    }

    @Override
    public void close() {
        super.close();
        encoding.close();
    }
}
