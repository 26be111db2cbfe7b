package io.sampler4j.runtime.run;

import io.sampler4j.api.Condition;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ClassesSpec;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the classes that a user asks for: numbers, names of the manifest, and ranges of numbers, in a list. */
final class Classes {
    private Classes() {}

    /** The classes that a request asks of a model, with a reason where it cannot be asked so. */
    static List<Integer> of(Request request, ModelDirectory directory, Reasons reasons) {
        Optional<ClassesSpec> known = directory.manifest().classes();
        if (request.classes().isEmpty()) {
            boolean required = known.isPresent() && known.get().nullClass().isEmpty();
            reasons.unless(!required, "%s was trained with a class for every sample: say --class", directory.name());
            return List.of();
        }
        if (known.isEmpty()) {
            reasons.unless(false, "%s knows no classes: leave --class away", directory.name());
            return List.of();
        }
        return reasons.collect(() -> parse(request.classes().get(), known.get()))
                .orElse(List.of());
    }

    /** The classes of samples 0, 1, ..., to be repeated. */
    static List<Integer> parse(String text, ClassesSpec known) {
        List<Integer> classes = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String entry = part.strip();
            int dots = entry.indexOf("..");
            if (dots > 0 && !known.names().contains(entry)) {
                int from = one(entry.substring(0, dots), known), to = one(entry.substring(dots + 2), known);
                int by = from <= to ? 1 : -1;
                for (int c = from; c != to + by; c += by) classes.add(c);
            } else {
                classes.add(one(entry, known));
            }
        }
        return classes;
    }

    /** What a run asks of its networks for the samples of a part. */
    static Condition condition(List<Integer> classes, Batching.Part part) {
        if (classes.isEmpty()) return Condition.NONE;
        int[] each = new int[part.samples()];
        for (int i = 0; i < each.length; i++) each[i] = classes.get((part.first() + i) % classes.size());
        return Condition.NONE.withEach("class", each);
    }

    private static int one(String text, ClassesSpec known) {
        int named = known.names().indexOf(text);
        if (named >= 0) return named;
        int size = known.names().size();
        if (text.matches("\\d{1,9}")) {
            int number = Integer.parseInt(text);
            if (number < size) return number;
            throw new RefusedException("there is no class " + number + ": this model has classes 0 to " + (size - 1));
        }
        throw new RefusedException(Names.unknown("class", text, known.names()));
    }
}
