package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.plugin.PluginCheck;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.PluginReport;
import io.sampler4j.runtime.plugin.PluginSettings;
import io.sampler4j.runtime.plugin.Registry;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/**
 * Lists the plugins, what each brings, and why one is refused; looks at jars before they are dropped in; follows a
 * directory of plugins.
 */
final class PluginsCommand implements Command {
    private static final int SECONDS = 10, HEAP = 128;

    @Override
    public String name() {
        return "plugins";
    }

    @Override
    public String usage() {
        return "[--watch [--no-probe] [--log FILE]] [--strict FILE] | lint JAR... | probe JAR... [--time S] [--heap MIB]";
    }

    @Override
    public String about() {
        return "lists plugins and why one is refused; lints or probes a jar before it is dropped in; watches the directory";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(CommonOptions.flag("watch", "follows the plugins directory, a line an event, until Ctrl-C"))
                .addOption(CommonOptions.flag("no-probe", "with --watch: loads newcomers untried"))
                .addOption(CommonOptions.value("log", "FILE", "with --watch: appends a line of JSON for each switch"))
                .addOption(CommonOptions.value("strict", "FILE", "refuses jars whose sha256 is not in this file"))
                .addOption(CommonOptions.value("time", "S", "with probe: seconds for a plugin (" + SECONDS + ")"))
                .addOption(CommonOptions.value("heap", "MIB", "with probe: heap for a plugin (" + HEAP + ")"));
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        List<String> words = line.getArgList();
        if (!words.isEmpty() && List.of("lint", "probe").contains(words.get(0))) {
            return check(words.get(0).equals("probe"), words.subList(1, words.size()), line, terminal);
        }
        CommonOptions.noArguments(line, name());
        Sampler4j.Builder builder = CommonOptions.builder(line);
        if (line.hasOption("strict")) builder.pluginSettings(s -> s.strict(CommonOptions.path(line, "strict")));
        if (line.hasOption("log")) builder.pluginSettings(s -> s.log(CommonOptions.path(line, "log")));
        if (line.hasOption("no-probe")) builder.pluginSettings(s -> s.probing(PluginSettings.Probing.NEVER));
        try (Sampler4j sampler4j = builder.open()) {
            if (line.hasOption("watch")) return watch(sampler4j.plugins(), line.hasOption("json"), terminal);
            return list(sampler4j.plugins().reports(), line.hasOption("json"), terminal);
        }
    }

    private static int list(List<PluginReport> reports, boolean json, Terminal terminal) {
        if (json) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            reports.forEach(r -> all.add(json(r)));
            terminal.out().println(all.toPrettyString());
        } else {
            if (reports.isEmpty()) terminal.out().println("no plugins");
            reports.forEach(r -> print(r, terminal.out()));
        }
        return ExitCode.OK;
    }

    /** Until Ctrl-C, which is how it is meant to end. */
    private static int watch(PluginHost host, boolean json, Terminal terminal) {
        list(host.reports(), json, terminal);
        SwapView view = new SwapView(terminal.out(), json);
        return Runs.interruptible(cancellation -> {
            CountDownLatch interrupted = new CountDownLatch(1);
            try (PluginHost.Registration heard = host.listen(view);
                    PluginHost.Registration watching = host.watch();
                    Cancellation.Registration end = cancellation.onCancel(interrupted::countDown)) {
                interrupted.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return ExitCode.OK;
        });
    }

    private static int check(boolean probe, List<String> files, CommandLine line, Terminal terminal) {
        String verb = "plugins " + (probe ? "probe" : "lint");
        if (files.isEmpty()) throw new RefusedException(verb + " takes one jar or more, got none");
        int seconds = line.hasOption("time") ? CommonOptions.whole(line, "time") : SECONDS;
        int heap = line.hasOption("heap") ? CommonOptions.whole(line, "heap") : HEAP;
        if (seconds < 1 || heap < 16) {
            throw new RefusedException(
                    "--time must be 1 or more and --heap 16 or more, got " + seconds + " and " + heap);
        }
        List<PluginCheck> found = new ArrayList<>();
        for (String file : files) {
            Path path = CommonOptions.path(file);
            found.add(probe ? PluginCheck.probe(path, Duration.ofSeconds(seconds), heap) : PluginCheck.lint(path));
        }
        if (line.hasOption("json")) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            found.forEach(f -> all.add(json(f)));
            terminal.out().println(all.toPrettyString());
        } else {
            found.forEach(f -> print(f, probe, terminal.out()));
        }
        return found.stream().allMatch(PluginCheck::ok) ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void print(PluginCheck c, boolean probe, PrintStream out) {
        String state = !c.ok() ? "REFUSED" : probe ? "PASSED" : "CLEAN";
        out.println(c.id() + " " + c.version() + "  " + state + "  " + c.file());
        if (!c.sha256().isEmpty()) out.println("  sha256:  " + c.sha256());
        if (!c.ok()) {
            out.println("  problem: " + c.problem());
            out.println("  remedy:  " + c.remedy());
        }
        for (String note : c.notes()) out.println("  note:    " + note);
    }

    private static ObjectNode json(PluginCheck c) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", c.id()).put("version", c.version()).put("ok", c.ok());
        node.put("file", c.file().toString()).put("sha256", c.sha256());
        if (!c.ok()) node.put("problem", c.problem()).put("remedy", c.remedy());
        c.notes().forEach(node.putArray("notes")::add);
        return node;
    }

    private static void print(PluginReport r, PrintStream out) {
        out.println(r.id() + " " + r.version() + "  " + r.state() + "  "
                + (r.artefact().isEmpty() ? r.file().getFileName() : r.artefact() + " on the class path"));
        if (!r.problem().isEmpty()) {
            out.println("  problem: " + r.problem());
            if (!r.remedy().isEmpty()) out.println("  remedy:  " + r.remedy());
        }
        for (Offer<?> o : r.offers()) {
            String aliases = o.aliases().isEmpty() ? "" : " (" + String.join(", ", o.aliases()) + ")";
            out.println("  " + Registry.word(o.kind()) + " " + o.name() + aliases + ": " + o.about());
            if (!o.source().isEmpty()) out.println("      " + o.source());
            if (!cost(o).isEmpty()) out.println("      " + cost(o));
            for (Option<?> option : o.options()) {
                out.println("      " + option.name() + "=" + byDefault(option) + "  " + option.about() + " ("
                        + option.range() + ")");
            }
        }
    }

    /** Order and network evaluations, as far as they are stated. */
    private static String cost(Offer<?> o) {
        List<String> parts = new ArrayList<>();
        o.order().ifPresent(n -> parts.add("order " + n));
        o.nfePerStep().ifPresent(n -> parts.add(number(n) + " NFE per step"));
        for (Offer.Variant v : o.variants()) {
            parts.add(v.option() + "=" + v.value() + ": order " + v.order() + ", " + number(v.nfePerStep()));
        }
        return String.join("; ", parts);
    }

    private static String number(double v) {
        return v == Math.rint(v) ? String.valueOf((long) v) : String.valueOf(v);
    }

    private static <T> String byDefault(Option<T> option) {
        return option.print(option.byDefault());
    }

    private static ObjectNode json(PluginReport r) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", r.id())
                .put("version", r.version())
                .put("state", r.state().toString());
        node.put("file", r.file().toString()).put("sha256", r.sha256());
        if (!r.artefact().isEmpty()) node.put("artefact", r.artefact());
        if (!r.problem().isEmpty()) node.put("problem", r.problem()).put("remedy", r.remedy());
        ArrayNode offers = node.putArray("offers");
        for (Offer<?> o : r.offers()) {
            ObjectNode offer = offers.addObject();
            offer.put("kind", Registry.word(o.kind())).put("name", o.name());
            o.aliases().forEach(offer.putArray("aliases")::add);
            offer.put("about", o.about()).put("source", o.source());
            o.order().ifPresent(n -> offer.put("order", n));
            o.nfePerStep().ifPresent(n -> offer.put("nfePerStep", n));
            if (!o.variants().isEmpty()) {
                ArrayNode variants = offer.putArray("variants");
                for (Offer.Variant v : o.variants()) {
                    variants.addObject()
                            .put("option", v.option())
                            .put("value", v.value())
                            .put("order", v.order())
                            .put("nfePerStep", v.nfePerStep());
                }
            }
            ArrayNode options = offer.putArray("options");
            for (Option<?> option : o.options()) {
                options.addObject()
                        .put("name", option.name())
                        .put("type", option.type())
                        .put("default", byDefault(option))
                        .put("range", option.range())
                        .put("about", option.about());
            }
        }
        return node;
    }
}
