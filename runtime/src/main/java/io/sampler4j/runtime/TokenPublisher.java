package io.sampler4j.runtime;

import io.sampler4j.api.error.SampleException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.run.TextRequest;
import io.sampler4j.runtime.run.TokenEvent;
import java.util.concurrent.Flow;

/** One run for each subscriber, on a daemon thread that waits while nothing is requested. */
final class TokenPublisher implements Flow.Publisher<TokenEvent> {
    private final Sampler4j sampler4j;
    private final TextRequest request;

    TokenPublisher(Sampler4j sampler4j, TextRequest request) {
        this.sampler4j = sampler4j;
        this.request = request;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super TokenEvent> subscriber) {
        Running running = new Running(subscriber);
        subscriber.onSubscribe(running);
        Thread thread = new Thread(running::go, "sampler4j-stream");
        thread.setDaemon(true);
        thread.start();
    }

    private final class Running implements Flow.Subscription {
        private final Flow.Subscriber<? super TokenEvent> subscriber;
        private final Cancellation cancellation = new Cancellation();
        private long requested;
        private boolean ended;
        private RuntimeException illegal;

        Running(Flow.Subscriber<? super TokenEvent> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public synchronized void request(long n) {
            if (n <= 0) {
                // Reactive Streams 3.9: told as an error, from the run's thread.
                illegal = new IllegalArgumentException("request(" + n + "): ask for 1 event or more");
                cancellation.cancel(illegal.getMessage());
            } else {
                requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
            }
            notifyAll();
        }

        @Override
        public synchronized void cancel() {
            ended = true;
            cancellation.cancel("the subscriber cancelled");
            notifyAll();
        }

        void go() {
            try {
                sampler4j.run(request, this::next, cancellation);
                if (!over()) subscriber.onComplete();
            } catch (RuntimeException | Error e) {
                if (!over()) subscriber.onError(illegal == null ? e : illegal);
            }
        }

        private synchronized boolean over() {
            return ended;
        }

        private void next(TokenEvent event) throws SampleException {
            synchronized (this) {
                while (requested == 0 && !ended && !cancellation.requested()) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        cancellation.cancel("the thread of the stream was interrupted");
                        Thread.currentThread().interrupt();
                    }
                }
                cancellation.check();
                requested--;
            }
            subscriber.onNext(event);
        }
    }
}
