package io.sampler4j.model.diffusion;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.model.TimeSpec;

/** How a network is told its noise level: a training index, t, sigma or c_noise. Immutable. */
final class NetworkTime {
    private final DiffusionProcess process;
    private final TimeSpec spec;
    private final boolean whole;

    /** @param whole whether the network's input takes whole numbers only, so that a level between two is rounded */
    NetworkTime(DiffusionProcess process, TimeSpec spec, boolean whole) {
        this.process = process;
        this.spec = spec;
        this.whole = whole;
    }

    /** What the network is told at sigma/alpha. */
    double of(double ratio) {
        double own = switch (spec.kind()) {
            case "index" -> process.index(ratio);
            case "t" -> directed(Coordinates.FLOW.at(ratio).sigma());
            case "sigma" -> ratio;
            case "c_noise" -> Math.log(ratio) / 4;
            default -> throw unknown();
        };
        double scaled = own * spec.scale();
        return whole ? Math.rint(scaled) : scaled;
    }

    /** sigma/alpha at what the network is told. */
    double ratio(double told) {
        double own = told / spec.scale();
        return switch (spec.kind()) {
            case "index" -> process.ratio(own);
            case "t" -> {
                double t = directed(own);
                yield t / (1 - t);
            }
            case "sigma" -> own;
            case "c_noise" -> Math.exp(4 * own);
            default -> throw unknown();
        };
    }

    /** The nearest sigma/alpha that the network knows. */
    double nearest(double ratio) {
        return whole ? ratio(of(ratio)) : ratio;
    }

    private double directed(double t) {
        return spec.direction().equals("data-at-1") ? 1 - t : t;
    }

    private IllegalStateException unknown() {
        return new IllegalStateException("the manifest's reader lets no time " + spec.kind() + " pass");
    }
}
