package io.sampler4j.model.tokens;

import io.sampler4j.api.token.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Shares the rows of a call among threads where that helps. Each row is read by one, so their number changes no bit. */
final class RowReaders implements AutoCloseable {
    /** Floats below which a second thread costs more than it saves: about a quarter of a millisecond's work. */
    private static final long WORTH_SHARING = 1 << 19;

    private final List<RowReader> readers = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private ExecutorService others;
    private int size;
    private long floats;

    private static final class Row {
        private LogitRows in;
        private int row;
        private int other;
        private boolean first;
        private Rows rows;
        private int i;
    }

    RowReaders(int threads) {
        this(threads, Kernel::best);
    }

    /** @param kernel makes one for each thread */
    RowReaders(int threads, Supplier<Kernel> kernel) {
        for (int i = 0; i < threads; i++) readers.add(new RowReader(kernel.get()));
    }

    void start() {
        size = 0;
        floats = 0;
    }

    void add(LogitRows in, int row, int other, boolean first, Rows rows, int i) {
        if (this.rows.size() == size) this.rows.add(new Row());
        Row r = this.rows.get(size++);
        r.in = in;
        r.row = row;
        r.other = other;
        r.first = first;
        r.rows = rows;
        r.i = i;
        floats += in.vocabulary();
    }

    void finish() {
        int parts = floats < WORTH_SHARING ? 1 : Math.min(readers.size(), size);
        if (parts > 1 && others == null) {
            others = Executors.newFixedThreadPool(readers.size() - 1, task -> {
                Thread thread = new Thread(task, "sampler4j-rows");
                thread.setDaemon(true);
                return thread;
            });
        }
        List<Future<?>> futures = new ArrayList<>();
        for (int p = 1; p < parts; p++) {
            int part = p;
            futures.add(others.submit(() -> read(part, parts)));
        }
        RuntimeException failure = null;
        try {
            read(0, parts);
        } catch (RuntimeException e) {
            failure = e;
        }
        for (Future<?> future : futures) failure = join(future, failure);
        if (failure != null) throw failure;
    }

    private void read(int part, int parts) {
        RowReader reader = readers.get(part);
        for (int k = size * part / parts; k < size * (part + 1) / parts; k++) {
            Row r = rows.get(k);
            reader.answer(r.in, r.row, r.other, r.first, r.rows, r.i);
        }
    }

    /** Waits whatever happens, for the rows are the caller's again afterwards. */
    private static RuntimeException join(Future<?> future, RuntimeException failure) {
        boolean interrupted = false;
        while (true) {
            try {
                future.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) throw error;
                if (failure == null) failure = (RuntimeException) e.getCause();
                break;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return failure;
    }

    @Override
    public void close() {
        if (others != null) others.shutdown();
    }
}
