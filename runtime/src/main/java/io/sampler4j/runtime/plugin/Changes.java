package io.sampler4j.runtime.plugin;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What differs between two generations. */
final class Changes {
    private Changes() {}

    /**
     * By plugin id: what came, went or was replaced; and by file what is refused now and was not before.
     *
     * @param reported of the generation before
     * @param reports of the next
     */
    static List<Swap.Change> between(
            List<JarLint> before, List<PluginReport> reported, List<JarLint> next, List<PluginReport> reports) {
        Map<String, JarLint> old = byId(before), now = byId(next);
        List<Swap.Change> changes = new ArrayList<>();
        now.forEach((id, jar) -> {
            JarLint was = old.get(id);
            if (was == null) changes.add(change(Swap.Kind.ADDED, jar, "", jar.sha256()));
            else if (!was.sha256().equals(jar.sha256())) {
                changes.add(change(Swap.Kind.REPLACED, jar, was.sha256(), jar.sha256()));
            }
        });
        old.forEach((id, jar) -> {
            if (!now.containsKey(id)) changes.add(change(Swap.Kind.REMOVED, jar, jar.sha256(), ""));
        });
        Set<List<Object>> known = new HashSet<>();
        for (PluginReport r : reported) if (r.state() == PluginReport.State.REFUSED) known.add(refusal(r));
        for (PluginReport r : reports) {
            if (r.state() != PluginReport.State.REFUSED || known.contains(refusal(r))) continue;
            String live = before.stream()
                    .filter(j -> j.file().equals(r.file()))
                    .map(JarLint::sha256)
                    .findFirst()
                    .orElse("");
            changes.add(new Swap.Change(
                    Swap.Kind.REFUSED, r.id(), r.version(), r.file(), live, r.sha256(), r.problem(), r.remedy()));
        }
        return changes;
    }

    private static List<Object> refusal(PluginReport r) {
        return List.of(r.file(), r.sha256(), r.problem());
    }

    private static Map<String, JarLint> byId(List<JarLint> jars) {
        Map<String, JarLint> byId = new LinkedHashMap<>();
        for (JarLint jar : jars) byId.put(jar.id(), jar);
        return byId;
    }

    private static Swap.Change change(Swap.Kind kind, JarLint jar, String from, String to) {
        return new Swap.Change(kind, jar.id(), jar.version(), jar.file(), from, to, "", "");
    }
}
