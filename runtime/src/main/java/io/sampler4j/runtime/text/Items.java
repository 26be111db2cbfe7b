package io.sampler4j.runtime.text;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.objects.collections.PyList;
import java.util.ArrayList;
import java.util.Map;

/** Jinja's filter {@code items}: the pairs of a dictionary, none of what is undefined. */
final class Items implements Filter {
    @Override
    public String getName() {
        return "items";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter in, String... arguments) {
        return value instanceof Map<?, ?> map ? PythonResolver.items(map) : new PyList(new ArrayList<>());
    }
}
