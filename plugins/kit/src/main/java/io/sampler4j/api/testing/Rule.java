package io.sampler4j.api.testing;

import org.apiguardian.api.API;

/** What a plugin must do, by number. A rule that is broken is named in the message of the assertion that found it. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public enum Rule {
    /** Samplers: no state. */
    S1("its fields are final: what one run needs lives in local variables"),
    /** Samplers: check. */
    S2("check asks no network, changes nothing and says the same each time"),
    /** Samplers: the base of all that follow. */
    S3("it ends without an exception, and what it leaves in x is finite and no longer the start"),
    /** Samplers: progress. */
    S4("it reports step 0, 1, 2, ... once each, and as many as its grid has where it follows the grid"),
    /** Samplers: determinism. */
    S5("a run with the same seed gives the same bits: all randomness is the run's"),
    /** Samplers: batches. */
    S6("a batch equals its singles bit for bit, unless needs() says onePerRun"),
    /** Samplers: the dry run. */
    S7("without data it ends, with finite coefficients and the same program as with data"),
    /** Samplers: data. */
    S8("two sets of data have one program: it does not branch on what a tensor holds, unless needs() says onePerRun"),
    /** Samplers: buffers. */
    S9("tensors and estimates are made before the loop"),
    /** Samplers: garbage. */
    S10("a step allocates next to nothing, whatever the size of x"),
    /** Samplers: threads. */
    S11("one instance serves many runs at once, each as if it were alone"),
    /** Samplers: failures. */
    S12("what the network throws passes through as it is"),
    /** Samplers: cancellation. */
    S13("what run.step throws passes through as it is, nothing is asked after it, and an interrupt stays"),
    /** Samplers: leaks. */
    S14("it keeps no tensor, network or run when it returns"),
    /** Samplers: how it asks. */
    S15("it asks on the run's own thread, at noise levels, about an x that is not the answer's own buffer"),
    /** Samplers: what it is for. */
    S16("down to the data, its samples are distributed as the data"),

    /** Schedulers: no state. */
    N1("its fields are final"),
    /** Schedulers: refusals. */
    N2("it gives a grid or throws RefusedException, and gives one for some process"),
    /** Schedulers: steps. */
    N3("its grid has as many steps as were asked for, or as fixedSteps says"),
    /** Schedulers: order. */
    N4("every level of its grid is lower than the one before"),
    /** Schedulers: range. */
    N5("up to 50 steps, no level is beyond those the model knows; the last may be the data"),
    /** Schedulers: coordinates. */
    N6("its grid is in the coordinates of the process"),
    /** Schedulers: determinism. */
    N7("it gives the same grid each time"),

    /** Guidance: no state. */
    G1("its fields are final: what one run needs lives in the estimator"),
    /** Guidance: the base of all that follow. */
    G2("it answers without an exception, and its answer is finite"),
    /** Guidance: x. */
    G3("it does not change x"),
    /** Guidance: runs. */
    G4("its estimators do not know of each other: one instance serves many runs at once"),
    /** Guidance: buffers. */
    G5("it makes its buffers in guide, not when it is asked"),
    /** Guidance: batches. */
    G6("a batch equals its singles bit for bit"),
    /** Guidance: failures. */
    G7("what a network throws passes through as it is"),
    /** Guidance: off. */
    G8("at scale=1 it is off: it asks for the wanted condition alone and gives that answer"),

    /** Token samplers: no state. */
    T1("its fields are final: what one run needs lives in local variables"),
    /** Token samplers: check. */
    T2("check asks no network, changes nothing and says the same each time"),
    /** Token samplers: the base of all that follow. */
    T3("it ends without an exception, with every open position filled and every given one as it was"),
    /** Token samplers: progress. */
    T4("it reports steps whose numbers rise, one after each question"),
    /** Token samplers: determinism. */
    T5("a run with the same seed gives the same tokens: all randomness is the run's"),
    /** Token samplers: questions. */
    T6("it asks what asks() says"),
    /** Token samplers: nothing to do. */
    T7("it asks nothing of a canvas on which nothing is masked"),
    /** Token samplers: threads. */
    T8("one instance serves many runs at once, each as if it were alone"),
    /** Token samplers: failures. */
    T9("what the network throws passes through as it is"),
    /** Token samplers: cancellation. */
    T10("what run.step throws passes through as it is, nothing is asked after it, and an interrupt stays"),
    /** Token samplers: leaks. */
    T11("it keeps no canvas, network or run when it returns"),
    /** Token samplers: garbage. */
    T12("a step allocates next to nothing, whatever the length of the canvas"),
    /** Token samplers: how it asks. */
    T13("it asks on the run's own thread"),

    /** Token schedulers: no state. */
    K1("its fields are final, and those of its grids"),
    /** Token schedulers: steps. */
    K2("it gives a grid of as many steps as were asked for, or throws RefusedException"),
    /** Token schedulers: the network's time. */
    K3("noise goes from 1 to 0 and never rises, over any number of steps"),
    /** Token schedulers: what settles. */
    K4("left falls from at most all positions to 0 in the last step, over any number of steps"),

    /** Contributions: PF4J. */
    C1("its class is public, marked @Extension, and has a public constructor without parameters"),
    /** Contributions: PF4J's index. */
    C2("its class is listed in META-INF/extensions.idx beside it"),
    /** Contributions: offers. */
    C3("it offers something, and the same each time"),
    /** Contributions: names. */
    C4("names are lower-case letters, digits and hyphens, and each is claimed once within a kind"),
    /** Contributions: texts. */
    C5("every component and every option says in a line what it is for"),
    /** Contributions: defaults. */
    C6("each is made from its defaults, or by with(...), is of its kind, and reads no other option"),
    /** Contributions: the order stated. */
    C7("a sampler that draws nothing converges with the order its offer states"),
    /** Contributions: the cost stated. */
    C8("a sampler asks the network as often per step as its offer states"),
    /** Contributions: unloading. */
    C9("its class loader is collected once nothing uses it");

    private final String text;

    Rule(String text) {
        this.text = text;
    }

    /** What is asked, as the kit's page has it. */
    public String text() {
        return text;
    }
}
