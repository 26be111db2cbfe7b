package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Names;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.profile.Profile;
import io.sampler4j.runtime.profile.ProfileStatus;
import io.sampler4j.runtime.profile.ShadowReport;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Lists the profiles of a file, finds out whether they work, and compares two of them. */
final class ProfilesCommand implements Command {
    /** Seeds of a comparison, for each model. */
    private static final int RUNS = 4;

    @Override
    public String name() {
        return "profiles";
    }

    @Override
    public String usage() {
        return "[list [FILE] | check [FILE] | compare NAME OTHER [--count N] [--seed N] [--limit D]]";
    }

    @Override
    public String about() {
        return "lists the profiles of a file, checks them by plans, or compares what two of them make";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(CommonOptions.value("profiles", "FILE", "the file; default: profiles.json of the home"))
                .addOption(CommonOptions.value("count", "N", "seeds of a comparison for each model; default " + RUNS))
                .addOption(CommonOptions.value("seed", "N", "the first seed of a comparison; default 0"))
                .addOption(CommonOptions.value("limit", "D", "fails where the mean distance is greater"));
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        List<String> words = new ArrayList<>(line.getArgList());
        String verb = words.isEmpty() ? "list" : words.remove(0);
        boolean json = line.hasOption("json");
        switch (verb) {
            case "list", "check" -> {
                if (words.size() > 1) throw new RefusedException("profiles " + verb + " takes one file, got " + words);
                CommonOptions.noneOf(line, "profiles " + verb, "count", "seed", "limit");
                try (Sampler4j sampler4j =
                        CommonOptions.open(line, words.stream().findFirst())) {
                    return verb.equals("list")
                            ? list(sampler4j.profiles().list(), json, terminal.out())
                            : check(sampler4j, json, terminal.out());
                }
            }
            case "compare" -> {
                if (words.size() != 2) {
                    throw new RefusedException("profiles compare takes two names, got " + words);
                }
                try (Sampler4j sampler4j = CommonOptions.open(line, Optional.empty())) {
                    return compare(sampler4j, words.get(0), words.get(1), line, terminal);
                }
            }
            default ->
                throw new RefusedException(
                        Names.unknown("form of profiles", verb, List.of("list", "check", "compare")));
        }
    }

    private static int list(List<ProfileStatus> all, boolean json, PrintStream out) {
        if (json) {
            out.println(json(all).toPrettyString());
            return ExitCode.OK;
        }
        if (all.isEmpty()) out.println("no profiles");
        for (ProfileStatus s : all) {
            out.println(s.name() + "  " + shown(s.current()));
            s.canary().ifPresent(c -> out.println("  canary " + s.share().orElseThrow() + "  " + shown(c)));
        }
        return ExitCode.OK;
    }

    /** For machines. */
    static ArrayNode json(List<ProfileStatus> all) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (ProfileStatus s : all) {
            ObjectNode node = array.addObject()
                    .put("name", s.name())
                    .put("sha256", s.current().sha256());
            node.set("profile", RecordJson.tree(s.current().toString()));
            if (s.canary().isEmpty()) continue;
            ObjectNode canary = node.putObject("canary").put("share", s.share().orElseThrow());
            canary.put("sha256", s.canary().get().sha256());
            canary.set("profile", RecordJson.tree(s.canary().get().toString()));
        }
        return array;
    }

    private static String shown(Profile p) {
        List<String> parts = new ArrayList<>();
        parts.add(p.sampler().orElse("(the model's sampler)"));
        p.scheduler().ifPresent(s -> parts.add("on " + s));
        p.steps().ifPresent(n -> parts.add("in " + n + " steps"));
        p.guidance().ifPresent(g -> parts.add("with " + g));
        p.cfgScale().ifPresent(w -> parts.add("at scale " + w));
        p.options().forEach((key, value) -> parts.add(key + "=" + value));
        parts.add("for " + String.join(", ", p.serves()));
        return String.join(" ", parts) + "  " + p.sha256().substring(0, 12);
    }

    private static int check(Sampler4j sampler4j, boolean json, PrintStream out) {
        Map<String, List<String>> faults = sampler4j.profiles().check();
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (ProfileStatus s : sampler4j.profiles().list()) {
            List<String> reasons = faults.getOrDefault(s.name(), List.of());
            ArrayNode node = array.addObject()
                    .put("name", s.name())
                    .put("works", reasons.isEmpty())
                    .putArray("reasons");
            reasons.forEach(node::add);
            if (json) continue;
            out.println(s.name() + ": " + (reasons.isEmpty() ? "works" : "does not work"));
            reasons.forEach(r -> out.println("  " + r));
        }
        if (json) out.println(array.toPrettyString());
        return faults.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private static int compare(Sampler4j sampler4j, String name, String other, CommandLine line, Terminal terminal) {
        int runs = line.hasOption("count") ? CommonOptions.whole(line, "count") : RUNS;
        long seed = line.hasOption("seed") ? CommonOptions.seed(line, "seed") : 0;
        double limit = line.hasOption("limit") ? CommonOptions.decimal(line, "limit") : Double.POSITIVE_INFINITY;
        ShadowReport report =
                Runs.interruptible(cancellation -> sampler4j.profiles().compare(name, other, seed, runs, cancellation));
        boolean within = report.mean() <= limit;
        if (line.hasOption("json")) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("mean", report.mean()).put("largest", report.largest());
            if (line.hasOption("limit")) node.put("limit", limit).put("within", within);
            ArrayNode each = node.putArray("runs");
            for (ShadowReport.Run r : report.runs()) {
                each.addObject()
                        .put("model", r.model())
                        .put("seed", r.seed())
                        .put("distance", r.distance())
                        .put("evaluationsBefore", r.evaluationsBefore())
                        .put("evaluationsAfter", r.evaluationsAfter());
            }
            terminal.out().println(node.toPrettyString());
        } else {
            for (ShadowReport.Run r : report.runs()) {
                terminal.out()
                        .printf(
                                Locale.ROOT,
                                "%s, seed %d: %.4f apart, %d network evaluations instead of %d%n",
                                r.model(),
                                r.seed(),
                                r.distance(),
                                r.evaluationsAfter(),
                                r.evaluationsBefore());
            }
            terminal.out()
                    .printf(Locale.ROOT, "%.4f apart in the mean, %.4f at most%n", report.mean(), report.largest());
        }
        if (within) return ExitCode.OK;
        terminal.err().println("sampler4j: the mean distance is greater than " + limit);
        return ExitCode.FAILED;
    }
}
