package io.sampler4j.model.diffusion;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Prediction;
import io.sampler4j.api.diffusion.Variance;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.Slot;
import io.sampler4j.tensor.ArrayTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * A network of any parameterization, in any coordinates, as the pair (x0, eps): the one place that knows either. Several
 * conditions about one x are evaluated in one call. Serves one run and is confined to its thread; {@link #close()} gives
 * the run's native buffers back.
 */
public final class NetworkDenoiser implements ConditionalDenoiser, AutoCloseable {
    private final DiffusionModel model;
    private final Network network;
    private final int samples;
    private final Cancellation cancellation;
    private final DoubleUnaryOperator told;
    private final Map<Integer, Slot> slots = new HashMap<>();
    private Tensor scaled;
    private ArrayTensor out;
    private boolean finite = true;
    private long rows;

    NetworkDenoiser(
            DiffusionModel model, Network network, int samples, Cancellation cancellation, DoubleUnaryOperator told) {
        this.model = model;
        this.network = network;
        this.samples = samples;
        this.cancellation = cancellation;
        this.told = told;
    }

    @Override
    public Estimate estimate(Tensor x) {
        return model.variance() == Variance.NONE ? Estimate.shapedAs(x) : Estimate.withVariance(x);
    }

    @Override
    public void denoise(Tensor x, NoiseLevel at, List<Condition> given, List<Estimate> answers) {
        if (out == null) {
            scaled = x.like();
            out = ArrayTensor.zeros(samples, model.elements());
        }
        DiffusionModel.Ports ports = model.ports();
        NoiseLevel here = model.process().coordinates().at(at.ratio());
        double own = at.alpha() > 0 ? here.alpha() / at.alpha() : here.sigma() / at.sigma();
        double scale = own * model.inputScale(here);
        Tensor seen = scale == 1 ? x : scaled.set(scale, x);

        int calls = given.size() * samples;
        Slot slot = slots.computeIfAbsent(calls, n -> network.slot(model.inputShapes(n), model.outputShapes(n)));
        for (int k = 0; k < given.size(); k++) {
            slot.state(ports.x(), k * samples, seen);
            if (model.takesClass()) bindClasses(slot, k * samples, given.get(k));
        }
        slot.fill(ports.time(), 0, ports.timePerSample() && ports.timeRank() > 0 ? calls : 1, time(at));
        slot.run(cancellation);
        rows += calls;

        Prediction.Map map = model.prediction().at(here);
        for (int k = 0; k < given.size(); k++) {
            Estimate e = answers.get(k);
            slot.read(ports.prediction(), k * samples, 0, out);
            finite &= out.isFinite();
            e.x0().set(map.ax() * own, x, map.ao(), out);
            e.eps().set(map.bx() * own, x, map.bo(), out);
            if (e.variance().isPresent()) {
                slot.read(
                        ports.prediction(),
                        k * samples,
                        model.elements(),
                        e.variance().get());
            }
        }
    }

    private void bindClasses(Slot slot, int from, Condition condition) {
        for (int i = 0; i < samples; i++) {
            int value = condition
                    .at("class", i)
                    .orElseGet(() -> model.nullClass()
                            .orElseThrow(() -> new NetworkException(
                                    "the network was asked without a class, and its manifest names no null class")));
            slot.fill(model.ports().classes(), from + i, from + i + 1, value);
        }
    }

    /** What the network is told at this level. */
    public double time(NoiseLevel at) {
        return model.time().of(told.applyAsDouble(at.ratio()));
    }

    /** The level at what the network is told. */
    public NoiseLevel atTime(double time, Coordinates coordinates) {
        return coordinates.at(model.time().ratio(time));
    }

    /** The nearest level the network knows, in the given coordinates. */
    public NoiseLevel nearest(NoiseLevel at, Coordinates coordinates) {
        return coordinates.at(model.time().nearest(at.ratio()));
    }

    /** Whether the network's answer has a meaning at this level, and it can be told of it: c_noise is not finite at 0. */
    public boolean knows(NoiseLevel at) {
        Prediction.Map m = model.prediction().at(model.process().coordinates().at(at.ratio()));
        return Double.isFinite(m.ax() + m.ao() + m.bx() + m.bo() + model.time().of(at.ratio()));
    }

    /** Whether every number that the network answered so far was finite; clipping would hide an infinite one. */
    public boolean finite() {
        return finite;
    }

    /** Rows evaluated so far: one for each sample and condition. */
    public long rows() {
        return rows;
    }

    @Override
    public void close() {
        slots.values().forEach(Slot::close);
        slots.clear();
    }
}
