package io.sampler4j.runtime.profile;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The profiles of a file:
 *
 * <pre>{@code
 * {"format": 1,
 *  "profiles": {
 *    "prod": {"serves": ["digits-ddpm"], "sampler": "ddim", "scheduler": "trailing", "steps": 20,
 *             "guidance": "cfg", "cfgScale": 2, "options": {"sampler.eta": "0"},
 *             "canary": {"share": "5%", "serves": ["digits-ddpm"], "sampler": "dpmpp-2m", "steps": 10}}}}
 * }</pre>
 */
final class ProfileFile {
    static final int FORMAT = 1;
    private static final int MOST_STEPS = 1_000_000;
    static final String NAME = "[a-z0-9][a-z0-9._-]{0,63}";
    static final String NO_NAME =
            "is no name: small letters, digits, '.', '_' and '-', at most 64, the first a letter or a digit";

    private ProfileFile() {}

    /**
     * What a file puts behind each name.
     *
     * @throws RefusedException if it cannot be read, or with every fault and its place
     */
    static Map<String, Deployment> read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new RefusedException(
                    "the profiles in " + file + " cannot be read (" + e + "): name a file that can", e);
        }
        return Place.read(text, file.toString(), ProfileFile::file);
    }

    private static Map<String, Deployment> file(Place at) {
        if (!at.isObject()) return Map.of();
        if (at.whole("format", 1, FORMAT).isEmpty()) at.missing("format", FORMAT);
        Map<String, Deployment> profiles = at.objects("profiles", ProfileFile::deployment);
        for (String name : profiles.keySet()) {
            if (!name.matches(NAME)) {
                at.fault("profiles." + name, NO_NAME);
            }
        }
        at.end();
        return profiles;
    }

    private static Deployment deployment(Place at) {
        Profile profile = profile(at);
        return new Deployment(profile, at.object("canary", ProfileFile::canary), Optional.empty());
    }

    private static Deployment.Canary canary(Place at) {
        Share share = new Share(.5);
        try {
            share = Share.parse(at.text("share").orElseGet(() -> at.missing("share", "50%")));
        } catch (IllegalArgumentException e) {
            at.fault("share", "is none: " + e.getMessage());
        }
        return new Deployment.Canary(profile(at), share);
    }

    private static Profile profile(Place at) {
        List<String> serves = at.list("serves");
        Profile profile = Profile.serving(serves.isEmpty() ? at.missing("serves", List.of("?")) : serves);
        Optional<String> sampler = at.text("sampler"), scheduler = at.text("scheduler"), guidance = at.text("guidance");
        OptionalInt steps = at.whole("steps", 1, MOST_STEPS);
        OptionalDouble scale = at.decimal("cfgScale");
        if (sampler.isPresent()) profile = profile.sampler(sampler.get());
        if (scheduler.isPresent()) profile = profile.scheduler(scheduler.get());
        if (steps.isPresent()) profile = profile.steps(steps.getAsInt());
        if (guidance.isPresent()) profile = profile.guidance(guidance.get());
        if (scale.isPresent()) profile = profile.cfgScale(scale.getAsDouble());
        for (Map.Entry<String, String> option : at.texts("options").entrySet()) {
            profile = profile.set(option.getKey(), option.getValue());
        }
        return profile;
    }
}
