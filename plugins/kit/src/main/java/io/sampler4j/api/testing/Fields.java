package io.sampler4j.api.testing;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a class can remember. */
final class Fields {
    private Fields() {}

    /** The fields that are not final, of the object's class and those it extends, outside the JDK. */
    static Optional<String> notFinal(Object component) {
        List<String> found = new ArrayList<>();
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        for (Class<?> type = component.getClass();
                type.getClassLoader() != null && type.getClassLoader() != platform;
                type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                boolean mayChange = !Modifier.isFinal(field.getModifiers());
                if (mayChange && !field.isSynthetic()) found.add(type.getSimpleName() + "." + field.getName());
            }
        }
        return Verdict.unless(found.isEmpty(), String.join(", ", found) + " can be changed: make it final");
    }
}
