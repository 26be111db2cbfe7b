package io.sampler4j.runtime.plugin;

import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the classes of a plugin refer to, held against what there is: calls that end the host, packages that are the
 * host's own, and members of framework-api that this one does not have.
 */
final class References {
    private static final String API = "io/sampler4j/api/";
    private static final List<String> HOST = List.of(
            "io/sampler4j/runtime/",
            "io/sampler4j/model/",
            "io/sampler4j/onnx/",
            "io/sampler4j/tensor/",
            "ai/onnxruntime/");
    private static final Map<String, Set<String>> FORBIDDEN = Map.of(
            "java/lang/System", Set.of("exit"),
            "java/lang/Runtime", Set.of("exit", "halt"),
            "java/lang/Thread", Set.of("stop"));
    private static final Map<String, Set<String>> NOTED = Map.of(
            "java/lang/Thread", Set.of("<init>", "start"),
            "java/lang/ThreadLocal", Set.of("<init>", "withInitial"),
            "java/lang/Runtime", Set.of("addShutdownHook", "load", "loadLibrary", "exec"),
            "java/lang/System", Set.of("load", "loadLibrary", "setProperty", "setOut", "setErr"),
            "java/lang/ProcessBuilder", Set.of("<init>"));

    private final Map<String, ClassFile> classes = new LinkedHashMap<>();

    /** One more class of the jar. */
    void add(ClassFile c) {
        classes.put(c.name(), c);
    }

    /** @throws Fault naming the class and what it refers to */
    void check() throws Fault {
        for (ClassFile c : classes.values()) {
            for (ClassFile.Member m : c.members()) requireAllowed(c, m);
            for (String name : c.classes()) requireVisible(c, name);
        }
        List<String> missing = new ArrayList<>();
        for (ClassFile c : classes.values()) {
            for (String name : c.classes()) {
                if (name.startsWith(API) && api(name) == null) missing.add(name.replace('/', '.'));
            }
            for (ClassFile.Member m : c.members()) {
                boolean known = !m.owner().startsWith(API) || api(m.owner()) != null;
                if (known && reachesApi(m.owner()) && !has(m.owner(), m)) missing.add(m.toString());
            }
        }
        if (missing.isEmpty()) return;
        Set<String> sorted = new TreeSet<>(missing);
        throw new Fault(
                "it refers to " + String.join(", ", sorted) + ", which framework-api " + PluginHost.API_VERSION
                        + " does not have",
                "compile it against framework-api " + PluginHost.API_VERSION
                        + " or an earlier one, and let Plugin-Requires say the version that it was compiled against");
    }

    private void requireAllowed(ClassFile by, ClassFile.Member m) throws Fault {
        for (String owner = m.owner(); ; owner = classes.get(owner).parent()) {
            if (m.isMethod() && FORBIDDEN.getOrDefault(owner, Set.of()).contains(m.name())) {
                throw new Fault(
                        java(by) + " calls " + owner.replace('/', '.') + "." + m.name()
                                + ", which ends more than the plugin",
                        "throw an exception: the host ends the run and says why");
            }
            if (!classes.containsKey(owner)) return;
        }
    }

    private void requireVisible(ClassFile by, String name) throws Fault {
        for (String hosts : HOST) {
            if (name.startsWith(hosts) && !classes.containsKey(name)) {
                throw new Fault(
                        java(by) + " refers to " + name.replace('/', '.')
                                + ", which is the host's own and which no plugin sees",
                        "use what framework-api has, or bring your own code");
            }
        }
    }

    private static String java(ClassFile c) {
        return c.name().replace('/', '.');
    }

    /** What is not refused, and worth knowing. */
    List<String> notes() {
        Set<String> notes = new TreeSet<>();
        for (ClassFile c : classes.values()) {
            for (ClassFile.Member m : c.members()) {
                if (NOTED.getOrDefault(m.owner(), Set.of()).contains(m.name())) {
                    String what =
                            m.name().equals("<init>") ? "makes a " + m.owner().replace('/', '.') : "calls " + m;
                    notes.add(java(c) + " " + what);
                }
            }
            for (String name : c.classes()) {
                if (!classes.containsKey(name) && !HostClasses.shows(name.replace('/', '.')) && !ofTheJdk(name)) {
                    notes.add(java(c) + " refers to " + name.replace('/', '.')
                            + ", which is neither in the jar nor shown to plugins");
                }
            }
        }
        return List.copyOf(notes);
    }

    private static boolean ofTheJdk(String name) {
        return find(name, ClassLoader.getPlatformClassLoader()) != null;
    }

    /** Whether members of a class may be the API's: it is, or a type above it. */
    private boolean reachesApi(String owner) {
        if (owner.startsWith(API)) return true;
        ClassFile c = classes.get(owner);
        return c != null && (reachesApi(c.parent()) || c.interfaces().stream().anyMatch(this::reachesApi));
    }

    private boolean has(String owner, ClassFile.Member m) {
        ClassFile c = classes.get(owner);
        if (c != null) {
            return c.declared().contains(ClassFile.key(m.name(), m.descriptor()))
                    || has(c.parent(), m)
                    || c.interfaces().stream().anyMatch(i -> has(i, m));
        }
        Class<?> type = owner.startsWith(API) ? api(owner) : find(owner, ClassLoader.getPlatformClassLoader());
        // What is neither in the jar, nor the API's, nor the JDK's cannot be judged.
        return type == null ? !owner.isEmpty() && !owner.startsWith(API) : declares(type, m);
    }

    private static Class<?> api(String name) {
        return find(name, References.class.getClassLoader());
    }

    private static Class<?> find(String name, ClassLoader loader) {
        try {
            return Class.forName(name.replace('/', '.'), false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }

    /** As the JVM resolves it: in the class, above it, and for interfaces in Object as well. */
    private static boolean declares(Class<?> type, ClassFile.Member m) {
        if (m.isMethod()) {
            if (m.name().equals("<init>")) {
                for (Constructor<?> c : type.getDeclaredConstructors()) if (matches(c, void.class, m)) return true;
                return false;
            }
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(m.name()) && matches(method, method.getReturnType(), m)) return true;
            }
        } else {
            for (Field f : type.getDeclaredFields()) {
                if (f.getName().equals(m.name())
                        && isVisible(f.getModifiers())
                        && f.getType().descriptorString().equals(m.descriptor())) {
                    return true;
                }
            }
        }
        for (Class<?> above : type.getInterfaces()) if (declares(above, m)) return true;
        if (type.getSuperclass() != null) return declares(type.getSuperclass(), m);
        return type.isInterface() && declares(Object.class, m);
    }

    private static boolean matches(Executable e, Class<?> result, ClassFile.Member m) {
        return isVisible(e.getModifiers())
                && MethodType.methodType(result, e.getParameterTypes())
                        .toMethodDescriptorString()
                        .equals(m.descriptor());
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }
}
