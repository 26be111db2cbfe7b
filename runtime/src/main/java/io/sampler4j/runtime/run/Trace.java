package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.tensor.ArrayTensor;

/** One part's lines of a trace: an object per denoiser call and one per step. Confined to the part's thread. */
final class Trace {
    private final StringBuilder lines = new StringBuilder();
    private final int first;
    private final int samples;

    Trace(int first, int samples) {
        this.first = first;
        this.samples = samples;
    }

    void call(int step, int nfe, long rows, NoiseLevel at, double time, Tensor x, Tensor x0, Tensor eps) {
        ObjectNode line = line("denoise", step);
        line.put("nfe", nfe).put("rows", rows).put("alpha", at.alpha()).put("sigma", at.sigma());
        line.put("ratio", at.ratio()).put("time", time);
        line.set("x", statistics(x));
        line.set("x0", statistics(x0));
        line.set("eps", statistics(eps));
        lines.append(line).append('\n');
    }

    void step(int step, Tensor x) {
        ObjectNode line = line("step", step);
        line.set("x", statistics(x));
        lines.append(line).append('\n');
    }

    private ObjectNode line(String event, int step) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("event", event).put("step", step).put("first", first).put("samples", samples);
        return line;
    }

    private static ObjectNode statistics(Tensor t) {
        double sum = 0, squares = 0, min = Double.POSITIVE_INFINITY, max = Double.NEGATIVE_INFINITY;
        float[] v = ((ArrayTensor) t).values();
        for (float f : v) {
            sum += f;
            squares += (double) f * f;
            min = Math.min(min, f);
            max = Math.max(max, f);
        }
        double mean = sum / v.length;
        return JsonNodeFactory.instance
                .objectNode()
                .put("mean", mean)
                .put("std", Math.sqrt(Math.max(0, squares / v.length - mean * mean)))
                .put("min", min)
                .put("max", max);
    }

    CharSequence lines() {
        return lines;
    }
}
