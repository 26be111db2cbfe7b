package io.sampler4j.runtime.text;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.objects.collections.PyList;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;
import jinjava.javax.el.ELResolver;

/** Members and methods that a template may use: Python's, by name, and never one of a Java class. Stateless. */
final class PythonResolver extends ELResolver {
    @Override
    public Object getValue(ELContext context, Object base, Object property) {
        if (base instanceof Loop loop) {
            context.setPropertyResolved(true);
            return loop.member(String.valueOf(property));
        }
        if (base instanceof CharSequence text) {
            context.setPropertyResolved(true);
            return character(text.toString(), String.valueOf(property));
        }
        return null;
    }

    private static Object character(String text, String property) {
        if (!property.matches("-?\\d{1,9}")) return null;
        int[] points = text.codePoints().toArray();
        int i = Integer.parseInt(property);
        if (i < 0) i += points.length;
        return i < 0 || i >= points.length ? null : Character.toString(points[i]);
    }

    @Override
    public Object invoke(ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
        context.setPropertyResolved(true);
        Object[] a = arguments == null ? new Object[0] : arguments;
        String name = String.valueOf(method);
        // How the engine itself calls filters and tests.
        if (base instanceof Filter filter) return filter(filter, a);
        if (base instanceof ExpTest test) {
            Object[] rest = Arrays.copyOfRange(a, 2, a.length);
            return name.equals("evaluateNegated")
                    ? test.evaluateNegated(a[0], (JinjavaInterpreter) a[1], rest)
                    : test.evaluate(a[0], (JinjavaInterpreter) a[1], rest);
        }
        if (base instanceof CharSequence text) return PythonString.call(text.toString(), name, a);
        if (base instanceof Map<?, ?> map) return map(map, name, a);
        if (base instanceof Loop loop && name.equals("cycle")) return loop.cycle(a);
        throw new ELException("there is no method \"" + name + "\" here");
    }

    @SuppressWarnings("unchecked")
    private static Object filter(Filter filter, Object[] a) {
        return filter.filter(a[0], (JinjavaInterpreter) a[1], (Object[]) a[2], (Map<String, Object>) a[3]);
    }

    private static Object map(Map<?, ?> map, String name, Object[] a) {
        switch (name) {
            case "get":
                Object value = a.length > 0 ? map.get(String.valueOf(a[0])) : null;
                return value == null && a.length > 1 ? a[1] : value;
            case "keys":
                return new PyList(new ArrayList<>(map.keySet()));
            case "values":
                return new PyList(new ArrayList<>(map.values()));
            case "items":
                return items(map);
            default:
                throw new ELException("there is no method \"" + name + "\" of dictionaries here");
        }
    }

    /** Pairs, as lists of two. */
    static PyList items(Map<?, ?> map) {
        List<Object> pairs = new ArrayList<>();
        map.forEach((k, v) -> pairs.add(new PyList(new ArrayList<>(Arrays.asList(k, v)))));
        return new PyList(pairs);
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {}

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
        return null;
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return null;
    }
}
