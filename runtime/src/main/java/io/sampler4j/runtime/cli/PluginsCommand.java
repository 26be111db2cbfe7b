package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.plugin.PluginReport;
import io.sampler4j.runtime.plugin.Registry;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Lists the plugins, what each brings, and why one is refused. */
final class PluginsCommand implements Command {
    @Override
    public String name() {
        return "plugins";
    }

    @Override
    public String usage() {
        return "[--json]";
    }

    @Override
    public String about() {
        return "lists the plugins, their components and options, and why a plugin is refused";
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            List<PluginReport> reports = sampler4j.plugins().reports();
            if (line.hasOption("json")) {
                ArrayNode all = JsonNodeFactory.instance.arrayNode();
                reports.forEach(r -> all.add(json(r)));
                terminal.out().println(all.toPrettyString());
            } else {
                if (reports.isEmpty()) terminal.out().println("no plugins");
                reports.forEach(r -> print(r, terminal.out()));
            }
            return ExitCode.OK;
        }
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
