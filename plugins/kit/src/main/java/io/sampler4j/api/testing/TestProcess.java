package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.apiguardian.api.API;

/** Noise processes as models have them, of samples of three by eight by eight. Immutable. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class TestProcess implements NoiseProcess {
    private static final int TRAINING_STEPS = 1000;

    /** DDPM's: 1,000 steps, betas from 1e-4 to 0.02 (Ho et al. 2020, section 4). */
    public static final TestProcess DISCRETE = discrete();
    /** EDM's: every sigma from 0.002 to 80, and no other time than sigma. */
    public static final TestProcess CONTINUOUS = new TestProcess("continuous", Coordinates.VE, 0, .002, 80, t -> t);
    /** Flow matching: t from 0 to 1, which is pure noise. */
    public static final TestProcess FLOW =
            new TestProcess("flow", Coordinates.FLOW, 0, 0, Double.POSITIVE_INFINITY, t -> t / (1 - t));

    /** All of them. */
    public static final List<TestProcess> ALL = List.of(DISCRETE, CONTINUOUS, FLOW);

    private final String name;
    private final Coordinates coordinates;
    private final int trainingSteps;
    private final double lowest;
    private final double highest;
    private final DoubleUnaryOperator ratioOfTime;

    private TestProcess(
            String name,
            Coordinates coordinates,
            int trainingSteps,
            double lowest,
            double highest,
            DoubleUnaryOperator ratioOfTime) {
        this.name = name;
        this.coordinates = coordinates;
        this.trainingSteps = trainingSteps;
        this.lowest = lowest;
        this.highest = highest;
        this.ratioOfTime = ratioOfTime;
    }

    private static TestProcess discrete() {
        double[] ratios = new double[TRAINING_STEPS];
        double product = 1;
        for (int i = 0; i < TRAINING_STEPS; i++) {
            product *= 1 - (1e-4 + (.02 - 1e-4) * i / (TRAINING_STEPS - 1));
            ratios[i] = Math.sqrt((1 - product) / product);
        }
        DoubleUnaryOperator ratio = t -> {
            int below = Math.min((int) t, TRAINING_STEPS - 2);
            return ratios[below] + (t - below) * (ratios[below + 1] - ratios[below]);
        };
        double last = ratios[TRAINING_STEPS - 1];
        return new TestProcess("discrete", Coordinates.VP, TRAINING_STEPS, ratios[0], last, ratio);
    }

    @Override
    public Coordinates coordinates() {
        return coordinates;
    }

    @Override
    public double lowest() {
        return lowest;
    }

    @Override
    public double highest() {
        return highest;
    }

    @Override
    public int trainingSteps() {
        return trainingSteps;
    }

    @Override
    public NoiseLevel atTime(double time) {
        double most = trainingSteps > 0 ? trainingSteps - 1 : this == CONTINUOUS ? highest : 1;
        if (!(time >= 0 && time <= most)) {
            throw new IllegalArgumentException(
                    "times of the " + name + " process go from 0 to " + most + ", got " + time);
        }
        return coordinates.at(ratioOfTime.applyAsDouble(time));
    }

    @Override
    public List<Integer> sampleShape() {
        return List.of(3, 8, 8);
    }

    @Override
    public List<Double> sampleRange() {
        return List.of(-1., 1.);
    }

    @Override
    public String toString() {
        return name;
    }
}
