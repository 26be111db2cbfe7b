package io.sampler4j.runtime.compare;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.run.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One sampler of a comparison, with what is its own: {@code dpmpp-2m:scheduler=karras,cfg-scale=1}.
 *
 * @param text as it was written: its label
 * @param sampler its name; empty for each model's own
 * @param settings {@code scheduler}, {@code guidance}, {@code cfg-scale}, or any option as {@code --set} takes it
 */
public record Entry(String text, Optional<String> sampler, Map<String, String> settings) {
    /** Each model's own sampler. */
    public static final Entry DEFAULT = new Entry("", Optional.empty(), Map.of());

    /**
     * Reads {@code NAME[:key=value,key=value...]}. A value may hold commas: what follows one begins a new key only where
     * it looks like {@code key=}.
     *
     * @throws RefusedException if it does not read so
     */
    public static Entry parse(String text) {
        int colon = text.indexOf(':');
        String name = (colon < 0 ? text : text.substring(0, colon)).strip();
        Map<String, String> settings = new LinkedHashMap<>();
        if (colon >= 0) {
            for (String pair : text.substring(colon + 1).split(",(?=\\s*[A-Za-z][\\w.-]*=)")) {
                int equals = pair.indexOf('=');
                if (equals < 1) throw unreadable(text);
                settings.put(
                        pair.substring(0, equals).strip(),
                        pair.substring(equals + 1).strip());
            }
        }
        if (name.isEmpty()) throw unreadable(text);
        return new Entry(text, Optional.of(name), Map.copyOf(settings));
    }

    private static RefusedException unreadable(String text) {
        return new RefusedException("a sampler to compare is NAME or NAME:key=value,key=value, such as "
                + "dpmpp-2m:scheduler=karras,cfg-scale=1; got \"" + text + "\"");
    }

    /** The request with this sampler and what is its own. */
    Request on(Request request) {
        Request r = request;
        if (sampler.isPresent()) r = r.sampler(sampler.get());
        for (Map.Entry<String, String> s : settings.entrySet()) {
            r = switch (s.getKey()) {
                case "scheduler" -> r.scheduler(s.getValue());
                case "guidance" -> r.guidance(s.getValue());
                case "cfg-scale" -> r.cfgScale(decimal(s.getValue()));
                default -> r.set(s.getKey(), s.getValue());
            };
        }
        return r;
    }

    private double decimal(String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new RefusedException("cfg-scale must be a number in \"" + text + "\"", e);
        }
    }
}
