package io.sampler4j.model.diffusion;

import io.sampler4j.model.TimeSpec;

/** How a network is told its noise level: a training index, t, sigma or c_noise. Immutable. */
final class NetworkTime {
    private final ProcessTime process;
    private final Preconditioning preconditioning;
    private final TimeSpec spec;
    private final boolean whole;

    /**
     * A network's time.
     *
     * @param preconditioning whose c_noise it may be
     * @param whole whether the network's input takes whole numbers only, so that a level between two is rounded
     */
    NetworkTime(ProcessTime process, Preconditioning preconditioning, TimeSpec spec, boolean whole) {
        this.process = process;
        this.preconditioning = preconditioning;
        this.spec = spec;
        this.whole = whole;
    }

    /** What the network is told at sigma/alpha. */
    double of(double ratio) {
        double own = switch (spec.kind()) {
            case "index" -> process.time(ratio);
            case "t" -> directed(process.time(ratio));
            case "sigma" -> ratio;
            case "c_noise" -> preconditioning.noise(ratio);
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
            case "t" -> process.ratio(directed(own));
            case "sigma" -> own;
            case "c_noise" -> preconditioning.sigma(own);
            default -> throw unknown();
        };
    }

    /** The nearest sigma/alpha that the network knows. */
    double nearest(double ratio) {
        if (spec.kind().equals("c_noise") && !whole) return preconditioning.nearest(ratio);
        return whole ? ratio(of(ratio)) : ratio;
    }

    private double directed(double t) {
        return spec.direction().equals("data-at-1") ? 1 - t : t;
    }

    private IllegalStateException unknown() {
        return new IllegalStateException("the manifest's reader lets no time " + spec.kind() + " pass");
    }
}
