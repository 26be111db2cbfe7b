package io.sampler4j.runtime.cli;

import io.sampler4j.runtime.run.Progress;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with NFE and the time left where a person watches; nothing otherwise. */
interface ProgressView extends Progress.Listener, AutoCloseable {
    @Override
    void close();

    static ProgressView of(Terminal terminal, boolean json, String task) {
        if (json || !terminal.interactive()) {
            return new ProgressView() {
                @Override
                public void accept(Progress progress) {}

                @Override
                public void close() {}
            };
        }
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(-1)
                .setUnit(" NFE", 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(100)
                .clearDisplayOnFinish()
                .build();
        return new ProgressView() {
            @Override
            public void accept(Progress progress) {
                if (progress.planned() > 0) bar.maxHint(progress.planned());
                bar.stepTo(progress.nfe());
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }
}
