package io.sampler4j.model;

import java.util.ArrayList;
import java.util.List;

/** What members of a diffusion model's manifest ask of one another. */
final class DiffusionFaults {
    private final List<String> faults = new ArrayList<>();

    private DiffusionFaults() {}

    static List<String> of(Manifest manifest) {
        DiffusionFaults all = new DiffusionFaults();
        manifest.process().ifPresent(process -> {
            all.process(process);
            manifest.time().ifPresent(time -> all.time(process, time));
            if (manifest.prediction().filter("F"::equals).isPresent()) all.preconditioning(manifest, process);
        });
        all.unless(
                manifest.preconditioning().isEmpty()
                        || manifest.prediction().filter("F"::equals).isPresent(),
                "preconditioning says what F means: it goes with prediction F");
        all.unless(
                manifest.boundary().isEmpty() || manifest.distilled(),
                "boundary bends x0 as a network distilled as a latent consistency model needs it: say distilled too");
        return all.faults;
    }

    private void unless(boolean ok, String fault) {
        if (!ok) faults.add(fault);
    }

    private void process(ProcessSpec process) {
        unless(
                process.betas().isEmpty() || process.schedule().isEmpty(),
                "process has betas, and so is discrete, and a schedule, and so is continuous: leave one away");
    }

    private void time(ProcessSpec process, TimeSpec time) {
        boolean table = process.betas().isPresent();
        unless(
                !time.kind().equals("index") || table,
                "time.kind is index, which counts the betas of process.betas, and there are none");
        boolean t = process.schedule().isPresent() || process.coordinates().equals("FLOW") && !table;
        unless(
                !time.kind().equals("t") || t,
                table
                        ? "time.kind is t, and the process is discrete: say index, with scale 1/steps"
                        : "time.kind is t, which needs process.schedule or the coordinates FLOW");
        unless(time.scale() != 0, "time.scale must not be 0");
    }

    private void preconditioning(Manifest manifest, ProcessSpec process) {
        String kind = manifest.preconditioning().orElse("edm");
        unless(
                process.coordinates().equals("VE"),
                "prediction F is preconditioned in VE coordinates (Karras et al. 2022, table 1), and"
                        + " process.coordinates is " + process.coordinates());
        unless(
                !List.of("edm", "consistency").contains(kind)
                        || manifest.sigmaData().isPresent(),
                "prediction F needs sigmaData, or another preconditioning than edm and consistency");
        unless(
                !kind.equals("consistency") || process.lowest().isPresent(),
                "preconditioning consistency needs process.lowest: the sigma at which the network answers with x itself");
        unless(
                !kind.equals("vp") || process.schedule().isPresent(),
                "preconditioning vp needs process.schedule: linear-beta, with betaMin and betaMax");
        unless(
                !kind.equals("iddpm") || process.betas().isPresent(),
                "preconditioning iddpm needs process.betas: the table that the network was trained on");
    }
}
