package io.sampler4j.runtime.event;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanRegistrationException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registration of one management bean, under a name of its own in this JVM. */
public final class Management implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.sampler4j.management");
    private static final AtomicInteger IDS = new AtomicInteger();

    private final ObjectName name;

    private Management(ObjectName name) {
        this.name = name;
    }

    /** Registers it, as {@code io.sampler4j:type=Sampler4j,id=N}. */
    public static Management register(Sampler4jMXBean bean) {
        try {
            ObjectName name = new ObjectName("io.sampler4j:type=Sampler4j,id=" + IDS.incrementAndGet());
            ManagementFactory.getPlatformMBeanServer()
                    .registerMBean(new StandardMBean(bean, Sampler4jMXBean.class, true), name);
            return new Management(name);
        } catch (JMException e) {
            throw new IllegalStateException("the management bean cannot be registered: " + e, e);
        }
    }

    /** What it is registered as. */
    public ObjectName name() {
        return name;
    }

    /** Takes it out. Idempotent. */
    @Override
    public void close() {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            // Somebody, or a former call, has taken it out.
            LOG.debug("{} was not registered any more", name);
        } catch (MBeanRegistrationException e) {
            LOG.warn("{} cannot be taken out", name, e);
        }
    }
}
