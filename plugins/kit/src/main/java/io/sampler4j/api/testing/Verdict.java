package io.sampler4j.api.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Tries one rule after the other and collects those that are broken. Confined to one thread. */
final class Verdict {
    private final List<Broken> broken = new ArrayList<>();

    /** The check says what it found, if that is against the rule; what it throws is. */
    boolean check(Rule rule, Callable<Optional<String>> check) {
        Optional<String> found;
        try {
            found = check.call();
        } catch (Exception | StackOverflowError | LinkageError e) {
            found = Optional.of("it threw " + e);
        }
        found.ifPresent(f -> broken.add(new Broken(rule, f)));
        return found.isEmpty();
    }

    List<Broken> broken() {
        return List.copyOf(broken);
    }

    /** What was found, if it is so. */
    static Optional<String> unless(boolean ok, String found) {
        return ok ? Optional.empty() : Optional.of(found);
    }
}
