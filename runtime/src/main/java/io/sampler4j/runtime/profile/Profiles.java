package io.sampler4j.runtime.profile;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.model.Models;
import io.sampler4j.model.Names;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.runtime.run.Planner;
import io.sampler4j.runtime.run.RunRequest;
import io.sampler4j.runtime.run.Supervision;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The profiles of a host, for who operates it: an application asks for a name ({@link RunRequest#profile}), and here is
 * said what stands behind it. A change is checked by plans for every model that the profile serves, written down, and made
 * at once for all runs that are planned after it; where anything is against it, it is refused and nothing changes. Changes
 * are made one after the other; runs never wait for them. Thread-safe.
 */
public final class Profiles {
    private final ProfileTable table;
    private final Optional<Path> file;
    private final SwitchLog log;
    private final ProfileListener listener;
    private final Trial trial;
    private final Shadow shadow;

    /**
     * Those of a table.
     *
     * @param table which starts with what {@link #load} read
     * @param file it was read from, to be read again
     * @param log to append a line to for each change
     * @param supervision stands around the runs of comparisons
     */
    public Profiles(
            ProfileTable table,
            Optional<Path> file,
            Optional<Path> log,
            ProfileListener listener,
            Planner planner,
            Models models,
            Supervision supervision) {
        this.table = table;
        this.file = file;
        this.log = new SwitchLog(log);
        this.listener = listener;
        trial = new Trial(planner, models, table);
        shadow = new Shadow(planner, supervision);
    }

    /**
     * A table of what a file says, which was not planned yet.
     *
     * @throws RefusedException if it cannot be read, or with every fault and its place
     */
    public static ProfileTable load(Optional<Path> file, Optional<Path> log) {
        ProfileTable table = new ProfileTable();
        SwitchLog lines = new SwitchLog(log);
        file.ifPresent(f -> ProfileFile.read(f).forEach((name, deployment) -> {
            lines.write(line(
                    ProfileSwitch.What.OPEN,
                    name,
                    Optional.empty(),
                    Optional.of(new ProfileSwitch.Version(deployment.current().sha256(), Collections.emptySortedMap())),
                    user()));
            table.put(name, Optional.of(deployment));
        }));
        return table;
    }

    private static String user() {
        return System.getProperty("user.name", "?");
    }

    private static ProfileSwitch line(
            ProfileSwitch.What what,
            String name,
            Optional<ProfileSwitch.Version> from,
            Optional<ProfileSwitch.Version> to,
            String by) {
        return new ProfileSwitch(
                Instant.now(), what, name, from, to, Optional.empty(), by, Optional.empty(), List.of());
    }

    /** The file that {@link #reload} reads, if there is one. */
    public Optional<Path> file() {
        return file;
    }

    /** What stands behind each name, by name. Never blocks. */
    public List<ProfileStatus> list() {
        return list(table);
    }

    /** What stands behind each name of a table, by name. Never blocks. */
    public static List<ProfileStatus> list(ProfileTable table) {
        return table.all().entrySet().stream()
                .map(e -> ProfileStatus.of(e.getKey(), e.getValue()))
                .toList();
    }

    /**
     * Finds out whether each profile works at this moment, canaries included.
     *
     * @return the reasons against each that does not, by name; none where all do
     */
    public SortedMap<String, List<String>> check() {
        SortedMap<String, List<String>> faults = new TreeMap<>();
        table.all().forEach((name, deployment) -> {
            List<String> reasons = new ArrayList<>();
            for (Profile profile : profiles(deployment)) {
                reasons.addAll(trial.of(name, profile, Optional.empty()).reasons());
            }
            if (!reasons.isEmpty()) faults.put(name, List.copyOf(reasons));
        });
        return faults;
    }

    private static List<Profile> profiles(Deployment d) {
        List<Profile> all = new ArrayList<>();
        all.add(d.current());
        d.canary().ifPresent(c -> all.add(c.profile()));
        return all;
    }

    /**
     * Makes the same samples by two profiles, of each model that the first one serves, and compares them.
     *
     * @param seed the first of the seeds of each model
     * @param runs how many seeds
     * @throws RefusedException if there is no profile of a name, or the other one does not serve such a model
     * @throws SampleException if a run fails
     */
    public ShadowReport compare(String name, String other, long seed, int runs, Cancellation cancellation) {
        if (runs < 1) throw new RefusedException("a comparison makes 1 run or more of each model, got " + runs);
        Profile before = deployment(name).current(), after = deployment(other).current();
        List<RunRequest<?>> requests = new ArrayList<>();
        for (String model : before.serves()) {
            for (int k = 0; k < runs; k++) requests.add(trial.request(model, k).seed(seed + k));
        }
        return shadow.compare(name, requests, before, after, cancellation);
    }

    /**
     * Refuses plugins under which a profile would stop working that works now.
     *
     * @throws RefusedException with the reasons
     */
    public void guard(Registry next) {
        List<String> reasons = new ArrayList<>();
        table.all().forEach((name, deployment) -> {
            for (Profile profile : profiles(deployment)) {
                List<String> then = trial.of(name, profile, Optional.of(next)).reasons();
                if (then.isEmpty()
                        || !trial.of(name, profile, Optional.empty()).reasons().isEmpty()) continue;
                then.forEach(r -> reasons.add("the profile " + name + " would stop working, " + r));
            }
        });
        if (!reasons.isEmpty()) throw new RefusedException(reasons);
    }

    /** Begins to put a profile behind a name, old or new; {@link ProfileChange#make} does it. */
    public ProfileChange change(String name, Profile candidate) {
        if (!name.matches(ProfileFile.NAME)) {
            throw new IllegalArgumentException("\"" + name + "\" " + ProfileFile.NO_NAME);
        }
        return new ProfileChange(this, name, candidate, user(), null, 0, 0);
    }

    synchronized ProfileSwitch make(ProfileChange change, Cancellation cancellation) {
        Optional<Deployment> old = Optional.ofNullable(table.all().get(change.name));
        Attempt attempt = new Attempt(
                change.share == null ? ProfileSwitch.What.SWITCH : ProfileSwitch.What.CANARY, change.name, change.by);
        attempt.from = old.map(d -> version(change.name, d.current()));
        attempt.to(change.candidate);
        attempt.share = Optional.ofNullable(change.share).map(Share::toString);
        if (old.isEmpty() && change.share != null) {
            attempt.refuse("there is no profile " + change.name
                    + " whose runs a canary could have a share of: put one behind the name first");
        }
        if (change.share != null) {
            old.ifPresent(d -> attempt.requireServing(d.current(), change.candidate));
        }
        if (attempt.reasons.isEmpty() && change.shadowRuns > 0) attempt.compare(old, change, cancellation);
        return attempt.end(() -> change.share == null
                ? new Deployment(change.candidate, Optional.empty(), old.map(Deployment::current))
                : new Deployment(
                        old.orElseThrow().current(),
                        Optional.of(new Deployment.Canary(change.candidate, change.share)),
                        old.orElseThrow().previous()));
    }

    /**
     * Gives all runs to the canary.
     *
     * @param by who asks for it, for the log
     * @throws RefusedException if there is none, or it does not work any more
     */
    public synchronized ProfileSwitch promote(String name, String by) {
        Deployment old = deployment(name);
        Attempt attempt = new Attempt(ProfileSwitch.What.PROMOTE, name, by);
        attempt.from = Optional.of(version(name, old.current()));
        old.canary()
                .ifPresentOrElse(
                        c -> attempt.to(c.profile()),
                        () -> attempt.refuse("the profile " + name + " has no canary to promote"));
        return attempt.end(() ->
                new Deployment(old.canary().orElseThrow().profile(), Optional.empty(), Optional.of(old.current())));
    }

    /**
     * Takes the canary away; or, where there is none, brings back what was current before the last switch. Once more undoes
     * that.
     *
     * @param by who asks for it, for the log
     * @throws RefusedException if there was nothing before, or it does not work any more
     */
    public synchronized ProfileSwitch rollBack(String name, String by) {
        Deployment old = deployment(name);
        Attempt attempt = new Attempt(ProfileSwitch.What.ROLL_BACK, name, by);
        if (old.canary().isPresent()) {
            attempt.from = old.canary().map(c -> version(name, c.profile()));
            // What is current goes on as it is, whether or not a plan of it would be refused now.
            attempt.to = Optional.of(version(name, old.current()));
            return attempt.end(() -> new Deployment(old.current(), Optional.empty(), old.previous()));
        }
        attempt.from = Optional.of(version(name, old.current()));
        old.previous()
                .ifPresentOrElse(
                        attempt::to,
                        () -> attempt.refuse(
                                "nothing stood behind " + name + " before: there is nothing to roll back to"));
        return attempt.end(
                () -> new Deployment(old.previous().orElseThrow(), Optional.empty(), Optional.of(old.current())));
    }

    private Deployment deployment(String name) {
        Deployment deployment = table.all().get(name);
        if (deployment == null) {
            throw new RefusedException(
                    Names.unknown("profile", name, table.all().keySet()));
        }
        return deployment;
    }

    /**
     * Reads the file again, and makes every change in it: each by itself, so that one that is refused does not keep another
     * from being made. Names that the file no longer has go.
     *
     * @param by who asks for it, for the log
     * @return what was changed and what was refused; empty where the file says what stands
     * @throws RefusedException if the file cannot be read or is faulty: then nothing is changed
     */
    public synchronized List<ProfileSwitch> reload(String by) {
        Path from = file.orElseThrow(() ->
                new RefusedException("these profiles come from no file: name one with Sampler4j.builder().profiles"));
        Map<String, Deployment> wanted = ProfileFile.read(from);
        List<ProfileSwitch> changes = new ArrayList<>();
        for (String name : new TreeSet<>(table.all().keySet()))
            if (!wanted.containsKey(name)) changes.add(remove(name, by));
        new TreeMap<>(wanted).forEach((name, deployment) -> changes.addAll(toward(name, deployment, by)));
        return List.copyOf(changes);
    }

    private ProfileSwitch remove(String name, String by) {
        Attempt attempt = new Attempt(ProfileSwitch.What.REMOVE, name, by);
        attempt.from = Optional.of(version(name, deployment(name).current()));
        return attempt.endWith(Optional.empty());
    }

    private List<ProfileSwitch> toward(String name, Deployment wanted, String by) {
        List<ProfileSwitch> changes = new ArrayList<>();
        Optional<Deployment> old = Optional.ofNullable(table.all().get(name));
        if (!old.map(Deployment::current).equals(Optional.of(wanted.current()))) {
            boolean promoted = old.flatMap(Deployment::canary)
                    .filter(c -> c.profile().equals(wanted.current()))
                    .isPresent();
            changes.add(
                    promoted
                            ? tried(() -> promote(name, by))
                            : tried(change(name, wanted.current()).by(by)::make));
        }
        Optional<Deployment> now = Optional.ofNullable(table.all().get(name));
        Optional<Deployment.Canary> canary = now.flatMap(Deployment::canary);
        if (canary.equals(wanted.canary()) || changes.stream().anyMatch(c -> !c.done())) return changes;
        changes.add(
                wanted.canary().isPresent()
                        ? tried(new ProfileChange(
                                this,
                                name,
                                wanted.canary().get().profile(),
                                by,
                                wanted.canary().get().share(),
                                0,
                                0)::make)
                        : tried(() -> rollBack(name, by)));
        return changes;
    }

    /** What was written down of an attempt, made or refused. */
    private static ProfileSwitch tried(Supplier<ProfileSwitch> change) {
        try {
            return change.get();
        } catch (Refusal e) {
            return e.line;
        }
    }

    private ProfileSwitch.Version version(String name, Profile profile) {
        return new ProfileSwitch.Version(
                profile.sha256(), trial.of(name, profile, Optional.empty()).plugins());
    }

    /** A refusal, with its line. */
    private static final class Refusal extends RefusedException {
        private static final long serialVersionUID = 1;
        private final transient ProfileSwitch line;

        Refusal(ProfileSwitch line) {
            super(line.refused());
            this.line = line;
        }
    }

    /** A change on its way: what is known of it, what is against it, and its one end. */
    private final class Attempt {
        private final ProfileSwitch.What what;
        private final String name;
        private final String by;
        private final List<String> reasons = new ArrayList<>();
        private Optional<ProfileSwitch.Version> from = Optional.empty();
        private Optional<ProfileSwitch.Version> to = Optional.empty();
        private Optional<String> share = Optional.empty();
        private Optional<ShadowReport> report = Optional.empty();

        Attempt(ProfileSwitch.What what, String name, String by) {
            this.what = what;
            this.name = name;
            this.by = by;
        }

        void refuse(String reason) {
            reasons.add(reason);
        }

        /** Tries what is to come. */
        void to(Profile profile) {
            Trial.Outcome outcome = trial.of(name, profile, Optional.empty());
            to = Optional.of(new ProfileSwitch.Version(profile.sha256(), outcome.plugins()));
            reasons.addAll(outcome.reasons());
        }

        void requireServing(Profile current, Profile candidate) {
            List<String> missing = new ArrayList<>(current.serves());
            missing.removeAll(candidate.serves());
            if (missing.isEmpty()) return;
            refuse("a canary gets a share of all runs of " + name + ", and this one does not serve "
                    + String.join(", ", missing) + ": add what is missing to what it serves");
        }

        void compare(Optional<Deployment> old, ProfileChange change, Cancellation cancellation) {
            List<RunRequest<?>> live = table.recent(name, change.shadowRuns);
            if (old.isEmpty() || live.isEmpty()) {
                refuse("no run asked for " + name
                        + " yet, so there is none to compare by: leave the comparison away, or wait for runs");
                return;
            }
            try {
                report = Optional.of(shadow.compare(name, live, old.get().current(), change.candidate, cancellation));
            } catch (SampleException e) {
                refuse("the comparison failed: " + e.getMessage());
                return;
            }
            double mean = report.get().mean();
            if (mean <= change.shadowLimit) return;
            refuse(String.format(
                    Locale.ROOT,
                    "what it makes from the last %d seeds is %.4f away in the mean (%.4f at most) from what is current, and"
                            + " the limit is %s: allow more, or choose another profile",
                    report.get().runs().size(),
                    mean,
                    report.get().largest(),
                    change.shadowLimit));
        }

        ProfileSwitch line() {
            return new ProfileSwitch(Instant.now(), what, name, from, to, share, by, report, reasons);
        }

        ProfileSwitch end(Supplier<Deployment> next) {
            if (reasons.isEmpty()) return endWith(Optional.of(next.get()));
            ProfileSwitch refused = line();
            log.write(refused);
            listener.changed(refused);
            throw new Refusal(refused);
        }

        ProfileSwitch endWith(Optional<Deployment> next) {
            ProfileSwitch done = line();
            log.write(done);
            table.put(name, next);
            listener.changed(done);
            return done;
        }
    }
}
