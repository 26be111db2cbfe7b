package io.sampler4j.runtime.plugin;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** What plugins see of the host: the JDK, the API, and what the API itself shows. Nothing else is there for them. */
final class HostClasses extends ClassLoader {
    private static final List<String> SHOWN =
            List.of("io.sampler4j.api.", "org.pf4j.", "org.slf4j.", "org.apiguardian.api.");

    private final ClassLoader host;

    HostClasses(ClassLoader host) {
        super("sampler4j-api", ClassLoader.getPlatformClassLoader());
        this.host = host;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return shows(name) ? host.loadClass(name) : super.loadClass(name, resolve);
    }

    /** Whether plugins see the host's class of this name. */
    static boolean shows(String name) {
        return SHOWN.stream().anyMatch(name::startsWith);
    }

    @Override
    public URL getResource(String name) {
        return null;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return Collections.emptyEnumeration();
    }
}
