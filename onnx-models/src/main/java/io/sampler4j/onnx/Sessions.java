package io.sampler4j.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.sampler4j.api.error.NetworkException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sessions, by identity and options, each with a count of its users: leases and slots. The binding has no such count, and
 * closing a session under a running call kills the JVM.
 */
final class Sessions {
    private record Key(String identity, NetworkOptions options) {}

    private final long budget;
    private final SessionListener listener;
    private final Map<Key, Shared> byKey = new HashMap<>();
    private boolean closed;
    /** Of all sessions that are there or being loaded; written under the lock of {@link #byKey}. */
    private volatile long bytes;
    /** Counts uses, for their order; guarded by {@link #byKey}. */
    private long uses;

    private final AtomicInteger loaded = new AtomicInteger();
    final AtomicInteger leases = new AtomicInteger();
    final AtomicInteger slots = new AtomicInteger();
    final AtomicInteger tensors = new AtomicInteger();

    /** @param budget bytes of idle and leased sessions together, above which idle ones are closed */
    Sessions(long budget, SessionListener listener) {
        this.budget = budget;
        this.listener = listener;
    }

    Network lease(SessionInfo wanted) {
        Key key = new Key(wanted.identity(), wanted.options());
        Shared shared;
        List<Shared> idle;
        synchronized (byKey) {
            if (closed) throw new IllegalStateException("This OnnxRuntime is closed; make a new one.");
            shared = byKey.get(key);
            if (shared == null) {
                shared = new Shared(key, wanted);
                byKey.put(key, shared);
                bytes += wanted.bytes();
            }
            shared.users++;
            shared.used = ++uses;
            idle = overBudget();
        }
        try {
            idle.forEach(Shared::unload);
            shared.load(wanted.file());
        } catch (RuntimeException | Error e) {
            shared.release();
            throw e;
        }
        leases.incrementAndGet();
        return new OnnxNetwork(shared);
    }

    Counts counts() {
        return new Counts(loaded.get(), leases.get(), slots.get(), tensors.get());
    }

    long bytes() {
        return bytes;
    }

    long budget() {
        return budget;
    }

    /** Forgets idle sessions, the least recently used first, until the rest is within the budget. The caller holds the lock. */
    private List<Shared> overBudget() {
        List<Shared> idle = new ArrayList<>();
        while (bytes > budget) {
            Optional<Shared> oldest =
                    byKey.values().stream().filter(s -> s.users == 0).min(Comparator.comparingLong(s -> s.used));
            if (oldest.isEmpty()) break;
            byKey.remove(oldest.get().key);
            idle.add(oldest.get());
            bytes -= oldest.get().info.bytes();
        }
        return idle;
    }

    void evict() {
        List<Shared> idle = new ArrayList<>();
        synchronized (byKey) {
            for (Shared shared : byKey.values()) {
                shared.evicted = true;
                if (shared.users > 0) continue;
                idle.add(shared);
                bytes -= shared.info.bytes();
            }
            byKey.clear();
        }
        idle.forEach(Shared::unload);
    }

    void close() {
        synchronized (byKey) {
            closed = true;
        }
        evict();
    }

    static Signature signature(Path file) {
        try (SessionOptions settings = settings(NetworkOptions.ONE_THREAD);
                OrtSession session = open(file, settings)) {
            return read(session);
        } catch (OrtException e) {
            throw new NetworkException("The signature of " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Signature read(OrtSession session) throws OrtException {
        return new Signature(
                ports(session.getInputNames(), session.getInputInfo()),
                ports(session.getOutputNames(), session.getOutputInfo()));
    }

    private static List<Port> ports(Collection<String> names, Map<String, NodeInfo> infos) {
        List<Port> ports = new ArrayList<>();
        for (String name : names) {
            if (infos.get(name).getInfo() instanceof TensorInfo tensor) {
                ports.add(new Port(name, dtype(tensor), dims(tensor)));
            } else {
                ports.add(new Port(name, "not a tensor", List.of()));
            }
        }
        return ports;
    }

    private static String dtype(TensorInfo tensor) {
        String name = tensor.onnxType
                .name()
                .replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "")
                .toLowerCase(Locale.ROOT);
        return name.equals("float") ? "float32" : name.equals("double") ? "float64" : name;
    }

    private static List<String> dims(TensorInfo tensor) {
        long[] shape = tensor.getShape();
        String[] symbols = tensor.getDimensionNames();
        List<String> dims = new ArrayList<>();
        for (int i = 0; i < shape.length; i++) {
            boolean named = i < symbols.length && symbols[i] != null && !symbols[i].isEmpty();
            dims.add(shape[i] >= 0 ? Long.toString(shape[i]) : named ? symbols[i] : "?");
        }
        return dims;
    }

    private static SessionOptions settings(NetworkOptions options) {
        SessionOptions settings = new SessionOptions();
        try {
            settings.setIntraOpNumThreads(options.threads());
            settings.setInterOpNumThreads(1);
            // Threads that spin while they wait slow down whatever else the machine does.
            settings.addConfigEntry("session.intra_op.allow_spinning", "0");
            if (options.device().provider().equals("cuda")) {
                Providers.addCuda(settings, options.device().index());
            }
            return settings;
        } catch (OrtException e) {
            settings.close();
            throw new NetworkException("ONNX Runtime refused the session's options: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            settings.close();
            throw e;
        }
    }

    private static OrtSession open(Path file, SessionOptions settings) {
        if (!Files.isRegularFile(file)) {
            throw new NetworkException(
                    "The network " + file + " is not there, or is no file. Give the path of an ONNX file.");
        }
        try {
            return Providers.environment().createSession(file.toString(), settings);
        } catch (OrtException e) {
            throw new NetworkException(
                    "ONNX Runtime " + Providers.version() + " cannot load " + file + ": " + e.getMessage()
                            + "\nExpected a whole ONNX file with the standard operators only. If the copy may be damaged,"
                            + " compare its sha256 with the manifest's (sampler4j verify); otherwise export it again with"
                            + " an opset this version knows.",
                    e);
        }
    }

    /** One session and its users. */
    final class Shared {
        private final Key key;
        private final SessionInfo info;
        /** Guarded by {@link #byKey}. */
        private int users;
        /** Guarded by {@link #byKey}: whether the last user closes it. */
        private boolean evicted;
        /** Guarded by {@link #byKey}: the number of its last use among all. */
        private long used;

        private SessionOptions settings;
        private OrtSession session;
        private Signature signature;

        private Shared(Key key, SessionInfo info) {
            this.key = key;
            this.info = info;
        }

        /** Loads once; others who asked meanwhile wait here. Where loading failed, the next one tries again. */
        private void load(Path file) {
            long started = System.nanoTime();
            if (opened(file)) listener.opened(info, Duration.ofNanos(System.nanoTime() - started));
        }

        private synchronized boolean opened(Path file) {
            if (session != null) return false;
            SessionOptions made = settings(key.options());
            OrtSession opened = null;
            try {
                opened = open(file, made);
                signature = read(opened);
                session = opened;
                settings = made;
                loaded.incrementAndGet();
                return true;
            } catch (OrtException e) {
                throw new NetworkException("The signature of " + file + " cannot be read: " + e.getMessage(), e);
            } finally {
                if (session == null) closeBoth(opened, made);
            }
        }

        /** One user more, who must be known to be one among others already. */
        void retain() {
            synchronized (byKey) {
                users++;
            }
        }

        void release() {
            List<Shared> idle = List.of();
            synchronized (byKey) {
                users--;
                used = ++uses;
                if (users > 0) return;
                if (evicted) {
                    idle = List.of(this);
                    bytes -= info.bytes();
                } else if (session == null) {
                    // Of a session that never loaded nothing is kept either.
                    byKey.remove(key);
                    bytes -= info.bytes();
                } else {
                    idle = overBudget();
                }
            }
            idle.forEach(Shared::unload);
        }

        private void unload() {
            if (closed()) listener.closed(info);
        }

        private synchronized boolean closed() {
            if (session == null) return false;
            closeBoth(session, settings);
            session = null;
            loaded.decrementAndGet();
            return true;
        }

        private void closeBoth(OrtSession session, SessionOptions settings) {
            try {
                if (session != null) session.close();
            } catch (OrtException e) {
                throw new NetworkException("ONNX Runtime failed to close a session: " + e.getMessage(), e);
            } finally {
                // The session uses its options to the end.
                settings.close();
            }
        }

        OrtSession session() {
            return session;
        }

        Signature signature() {
            return signature;
        }

        Sessions counters() {
            return Sessions.this;
        }
    }
}
