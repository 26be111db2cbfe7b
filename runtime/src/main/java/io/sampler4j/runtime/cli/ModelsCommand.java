package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.model.Listing;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.Models;
import io.sampler4j.runtime.Sampler4j;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Lists the models. */
final class ModelsCommand implements Command {
    @Override
    public String name() {
        return "models";
    }

    @Override
    public String usage() {
        return "[--json]";
    }

    @Override
    public String about() {
        return "lists the models";
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            Models models = sampler4j.models();
            if (line.hasOption("json")) {
                ArrayNode all = JsonNodeFactory.instance.arrayNode();
                models.list().forEach(l -> all.add(json(l)));
                terminal.out().println(all.toPrettyString());
                return ExitCode.OK;
            }
            if (models.list().isEmpty()) terminal.out().println("no models; --models-dir says where they are");
            for (Listing l : models.list()) {
                terminal.out()
                        .printf(
                                "%-20s %s%n",
                                l.name(),
                                l.model()
                                        .map(d -> d.manifest().kind() + ": "
                                                + d.manifest().about())
                                        .orElse("BROKEN: " + l.problem().orElse("")));
            }
            return ExitCode.OK;
        }
    }

    private static ObjectNode json(Listing listing) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", listing.name()).put("directory", listing.path().toString());
        listing.model()
                .ifPresentOrElse(
                        d -> describe(node, d.manifest()),
                        () -> node.put("problem", listing.problem().orElse("")));
        return node;
    }

    private static void describe(ObjectNode node, Manifest manifest) {
        node.put("kind", manifest.kind()).put("about", manifest.about());
        ArrayNode networks = node.putArray("networks");
        manifest.networks().keySet().forEach(networks::add);
        manifest.sample().ifPresent(s -> s.shape().forEach(node.withArray("shape")::add));
        manifest.classes().ifPresent(c -> c.names().forEach(node.withArray("classes")::add));
        ObjectNode defaults = node.putObject("defaults");
        manifest.defaults().sampler().ifPresent(s -> defaults.put("sampler", s));
        manifest.defaults().scheduler().ifPresent(s -> defaults.put("scheduler", s));
        manifest.defaults().steps().ifPresent(s -> defaults.put("steps", s));
        manifest.defaults().guidance().ifPresent(s -> defaults.put("guidance", s));
        manifest.defaults().cfgScale().ifPresent(s -> defaults.put("cfgScale", s));
        ObjectNode options = defaults.putObject("options");
        manifest.defaults().options().forEach(options::put);
    }
}
