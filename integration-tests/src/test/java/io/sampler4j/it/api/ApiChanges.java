package io.sampler4j.it.api;

import io.sampler4j.api.ImplementedBy;
import japicmp.cmp.JApiCmpArchive;
import japicmp.cmp.JarArchiveComparator;
import japicmp.cmp.JarArchiveComparatorOptions;
import japicmp.model.JApiChangeStatus;
import japicmp.model.JApiClass;
import japicmp.model.JApiCompatibility;
import japicmp.model.JApiCompatibilityChange;
import japicmp.model.JApiCompatibilityChangeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javassist.CtClass;
import javassist.bytecode.AnnotationsAttribute;

/** What of an API breaks plugins that were compiled against an earlier form of it, by the rules of METHODS.md. */
final class ApiChanges {
    /** What a type may gain if plugins only call it. */
    private static final Set<JApiCompatibilityChangeType> GAINED_BY_THE_HOST = Set.of(
            JApiCompatibilityChangeType.METHOD_ADDED_TO_INTERFACE,
            JApiCompatibilityChangeType.METHOD_ABSTRACT_ADDED_TO_CLASS,
            JApiCompatibilityChangeType.METHOD_ABSTRACT_ADDED_IN_SUPERCLASS,
            JApiCompatibilityChangeType.METHOD_ABSTRACT_ADDED_IN_IMPLEMENTED_INTERFACE);

    private ApiChanges() {}

    /** One sentence for each, with the rule that it breaks. */
    static List<String> breaking(byte[] before, byte[] after) {
        JarArchiveComparatorOptions options = new JarArchiveComparatorOptions();
        for (String entry : System.getProperty("java.class.path").split(System.getProperty("path.separator"))) {
            if (!entry.contains("framework-api")) options.getClassPathEntries().add(entry);
        }
        List<String> sentences = new ArrayList<>();
        for (JApiClass type : new JarArchiveComparator(options)
                .compare(new JApiCmpArchive(before, "before", "1"), new JApiCmpArchive(after, "after", "2"))) {
            if (type.getChangeStatus() == JApiChangeStatus.NEW) continue;
            party(type, sentences);
            String name = type.getFullyQualifiedName();
            changes(type, name, type, sentences);
            type.getMethods()
                    .forEach(m -> changes(type, name + "." + m.getName() + "(" + types(m) + ")", m, sentences));
            type.getConstructors()
                    .forEach(c -> changes(type, "the constructor " + name + "(" + types(c) + ")", c, sentences));
            type.getFields().forEach(f -> changes(type, name + "." + f.getName(), f, sentences));
            type.getInterfaces()
                    .forEach(i -> changes(type, name + ", interface " + i.getFullyQualifiedName(), i, sentences));
            changes(type, name + ", superclass", type.getSuperclass(), sentences);
        }
        return sentences.stream().distinct().sorted().toList();
    }

    private static String types(japicmp.model.JApiBehavior method) {
        return String.join(
                ", ",
                method.getParameters().stream()
                        .map(p -> p.getType().replaceAll(".*\\.", ""))
                        .toList());
    }

    /** Whoever implements a type today does so tomorrow. */
    private static void party(JApiClass type, List<String> sentences) {
        String before = party(type.getOldClass()), after = party(type.getNewClass());
        if (before.equals(after) || type.getChangeStatus() == JApiChangeStatus.REMOVED) return;
        sentences.add(type.getFullyQualifiedName() + " was implemented by " + before + ", and is by " + after
                + ": rule 1, who implements a type stays");
    }

    /** As {@code HOST}, read from the class file: no JVM keeps that annotation, and so japicmp does not compare it. */
    private static String party(Optional<CtClass> type) {
        return type.map(c -> (AnnotationsAttribute) c.getClassFile().getAttribute(AnnotationsAttribute.invisibleTag))
                .map(all -> all.getAnnotation(ImplementedBy.class.getName()))
                .map(a -> a.getMemberValue("value").toString().replaceAll(".*\\.", ""))
                .orElse("nobody who is named");
    }

    private static void changes(JApiClass type, String member, JApiCompatibility changed, List<String> sentences) {
        for (JApiCompatibilityChange change : changed.getCompatibilityChanges()) {
            if (change.isBinaryCompatible() && change.isSourceCompatible()) continue;
            if (GAINED_BY_THE_HOST.contains(change.getType())
                    && party(type.getOldClass()).equals("HOST")) continue;
            sentences.add(member + " is " + words(change.getType()) + ": " + rule(type, change.getType()));
        }
    }

    private static String words(JApiCompatibilityChangeType change) {
        return change.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static String rule(JApiClass type, JApiCompatibilityChangeType change) {
        String name = change.name();
        if (GAINED_BY_THE_HOST.contains(change) || name.equals("METHOD_NOW_ABSTRACT")) {
            return "rule 1, a type that plugins implement gains defaults only, and none that is abstract";
        }
        boolean record = type.getOldClass()
                .map(c -> c.getClassFile().getSuperclass().equals("java.lang.Record"))
                .orElse(false);
        if (record && name.startsWith("CONSTRUCTOR")) return "rule 3, a record keeps its components";
        if (name.contains("REMOVED") || name.contains("LESS_ACCESSIBLE") || name.contains("NO_LONGER_PUBLIC")) {
            return "rule 9, what is there is deprecated in a minor version and removed in a major one only";
        }
        return "rule 10, what is there keeps its form";
    }
}
