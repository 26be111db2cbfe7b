package io.sampler4j.runtime.plugin;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/** Which host this is, for what is kept between two of its processes. */
final class HostVersion {
    private HostVersion() {}

    /**
     * Its version, its API's, and Java's; and when its classes were built, since a build in development keeps its version
     * from one change to the next.
     */
    static String current() {
        String version = HostVersion.class.getPackage().getImplementationVersion();
        return (version == null ? "development" : version) + " " + PluginHost.API_VERSION + " " + Runtime.version()
                + " " + built();
    }

    private static String built() {
        CodeSource source = HostVersion.class.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) return "?";
        try {
            Path place = Path.of(source.getLocation().toURI());
            // Classes that lie about in a folder change one by one: no verdict outlives the process then.
            if (Files.isDirectory(place))
                return "process " + ProcessHandle.current().pid() + " of "
                        + ProcessHandle.current()
                                .info()
                                .startInstant()
                                .map(String::valueOf)
                                .orElse("?");
            return String.valueOf(Files.getLastModifiedTime(place));
        } catch (IOException | URISyntaxException | RuntimeException e) {
            return "?";
        }
    }
}
