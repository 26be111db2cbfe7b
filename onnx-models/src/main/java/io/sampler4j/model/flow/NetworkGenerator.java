package io.sampler4j.model.flow;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.Generator;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.tensor.ArrayTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network from latent to sample. Serves one run and is confined to its thread; {@link #close()} gives the run's native
 * buffers back.
 */
public class NetworkGenerator implements Generator, AutoCloseable {
    final FlowModel model;
    final int samples;
    private final int[] classes;
    private final Calls decoding;

    NetworkGenerator(FlowModel model, int samples, int[] classes, Cancellation cancellation, Runnable called) {
        this.model = model;
        this.samples = samples;
        this.classes = classes;
        Map<String, long[]> inputs = new LinkedHashMap<>();
        inputs.put(input("z"), model.latentShape(samples));
        if (model.takesClass()) inputs.put(input("class"), new long[] {samples});
        decoding = new Calls(
                model.network(FlowModel.GENERATOR),
                inputs,
                Map.of(output(), model.sampleShape(samples)),
                cancellation,
                called);
    }

    private String input(String meaning) {
        return model.spec(FlowModel.GENERATOR).inputs().get(meaning);
    }

    private String output() {
        return model.spec(FlowModel.GENERATOR).outputs().get("x");
    }

    @Override
    public ArrayTensor latentFor(Tensor x) {
        return ArrayTensor.zeros(x.samples(), model.latent().size());
    }

    @Override
    public void generate(Tensor z, Tensor x) {
        decoding.slot().state(input("z"), 0, z);
        if (model.takesClass()) {
            for (int i = 0; i < samples; i++) decoding.slot().fill(input("class"), i, i + 1, classes[i]);
        }
        decoding.run();
        decoding.read(output(), x);
    }

    @Override
    public List<Double> sampleRange() {
        return List.of(model.sample().low(), model.sample().high());
    }

    @Override
    public void close() {
        decoding.close();
    }
}
