package io.sampler4j.runtime.cli;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.AtomicFile;
import io.sampler4j.runtime.plugin.PluginReport;
import java.io.PrintStream;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Writes a Maven project of a plugin with one sampler, to begin with. */
final class NewPluginCommand implements Command {
    private static final String GROUP = "org.example";

    @Override
    public String name() {
        return "new-plugin";
    }

    @Override
    public String usage() {
        return "NAME [--group G] -o DIR";
    }

    @Override
    public String about() {
        return "writes a Maven project of a plugin: a sampler, its options, and a test with the plugin kit";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(CommonOptions.value("group", "G", "its Maven group and Java package; by default " + GROUP))
                .addOption(CommonOptions.out("DIR", "the new directory"));
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        String name = CommonOptions.argument(line, name(), "name");
        Path directory = CommonOptions.path(line, "o");
        PluginProject project = PluginProject.named(name, line.getOptionValue("group", GROUP));
        AtomicFile.requireNewFolder(directory);
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            sampler4j.plugins().reports().forEach(plugin -> refuseAnother(name, plugin));
        }
        project.write(directory);
        PrintStream out = terminal.out();
        out.println("wrote " + directory + ", a Maven project of the sampler " + name + " in " + project.packageName());
        out.println("next: `mvn verify` there builds and tests it; its README.md says how it goes on");
        return ExitCode.OK;
    }

    /** The host lets no two plugins claim one name: better said now than when the jar is dropped in. */
    private static void refuseAnother(String name, PluginReport plugin) {
        for (Offer<?> offer : plugin.offers()) {
            boolean same = offer.name().equals(name) || offer.aliases().contains(name);
            if (same && offer.kind() == DiffusionSampler.class) {
                throw new RefusedException("the sampler " + name + " is there already, in "
                        + plugin.file().getFileName() + ": choose another name");
            }
        }
    }
}
