package io.sampler4j.runtime.plugin;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a class file declares and refers to, read without loading it (JVMS 4). Names are internal ones, with slashes.
 *
 * @param major its version: that of JDK n is n + 44
 * @param name of the class
 * @param parent of it, empty for none
 * @param interfaces that it names itself
 * @param declared its methods and fields, as name and descriptor
 * @param classes that it refers to
 * @param members that it refers to
 */
record ClassFile(
        int major,
        String name,
        String parent,
        List<String> interfaces,
        Set<String> declared,
        Set<String> classes,
        Set<Member> members) {
    private static final int MAGIC = 0xCAFEBABE;

    /**
     * A reference to a member.
     *
     * @param owner the class it is looked for in
     * @param descriptor its type; that of a method begins with a parenthesis
     */
    record Member(String owner, String name, String descriptor) {
        boolean isMethod() {
            return descriptor.startsWith("(");
        }

        @Override
        public String toString() {
            return owner.replace('/', '.') + "." + name + (isMethod() ? parameters() : "");
        }

        private String parameters() {
            List<String> types = new ArrayList<>();
            for (int i = 1; descriptor.charAt(i) != ')'; ) {
                int arrays = 0;
                while (descriptor.charAt(i) == '[') {
                    arrays++;
                    i++;
                }
                int end = descriptor.charAt(i) == 'L' ? descriptor.indexOf(';', i) + 1 : i + 1;
                types.add(type(descriptor.substring(i, end)) + "[]".repeat(arrays));
                i = end;
            }
            return "(" + String.join(", ", types) + ")";
        }

        private static String type(String code) {
            return switch (code.charAt(0)) {
                case 'B' -> "byte";
                case 'C' -> "char";
                case 'D' -> "double";
                case 'F' -> "float";
                case 'I' -> "int";
                case 'J' -> "long";
                case 'S' -> "short";
                case 'Z' -> "boolean";
                default -> {
                    String name = code.substring(1, code.length() - 1);
                    yield name.substring(name.lastIndexOf('/') + 1);
                }
            };
        }
    }

    static String key(String name, String descriptor) {
        return name + descriptor;
    }

    /** The version alone, of a file whose other content this JVM may not know; -1 where it is no class file. */
    static int major(byte[] bytes) {
        if (bytes.length < 8) return -1;
        int magic = bytes[0] << 24 | (bytes[1] & 255) << 16 | (bytes[2] & 255) << 8 | bytes[3] & 255;
        return magic == MAGIC ? (bytes[6] & 255) << 8 | bytes[7] & 255 : -1;
    }

    /** @throws IOException if it is cut off or none; what a malformed one throws otherwise is unchecked */
    static ClassFile read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        if (in.readInt() != MAGIC) throw new IOException("no class file");
        in.readUnsignedShort();
        int major = in.readUnsignedShort();
        Pool pool = new Pool(in);
        in.readUnsignedShort();
        String name = pool.className(in.readUnsignedShort());
        int parent = in.readUnsignedShort();
        List<String> interfaces = new ArrayList<>();
        for (int n = in.readUnsignedShort(); n > 0; n--) interfaces.add(pool.className(in.readUnsignedShort()));
        Set<String> declared = new HashSet<>();
        for (int kind = 0; kind < 2; kind++) {
            for (int n = in.readUnsignedShort(); n > 0; n--) {
                in.readUnsignedShort();
                declared.add(key(pool.text(in.readUnsignedShort()), pool.text(in.readUnsignedShort())));
                for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                    in.readUnsignedShort();
                    in.skipNBytes(Integer.toUnsignedLong(in.readInt()));
                }
            }
        }
        return new ClassFile(
                major,
                name,
                parent == 0 ? "" : pool.className(parent),
                interfaces,
                declared,
                pool.classes(),
                pool.members());
    }

    /** The constant pool (JVMS 4.4). */
    private static final class Pool {
        private static final int UTF8 = 1, LONG = 5, DOUBLE = 6, CLASS = 7, FIELD = 9, INTERFACE_METHOD = 11;
        private final int[] tag, first, second;
        private final String[] texts;

        Pool(DataInputStream in) throws IOException {
            int n = in.readUnsignedShort();
            tag = new int[n];
            first = new int[n];
            second = new int[n];
            texts = new String[n];
            for (int i = 1; i < n; i++) {
                tag[i] = in.readUnsignedByte();
                switch (tag[i]) {
                    case UTF8 -> texts[i] = in.readUTF();
                    case 3, 4 -> in.readInt();
                    case LONG, DOUBLE -> {
                        in.readLong();
                        i++;
                    }
                    case CLASS, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
                    case FIELD, 10, INTERFACE_METHOD, 12, 17, 18 -> {
                        first[i] = in.readUnsignedShort();
                        second[i] = in.readUnsignedShort();
                    }
                    case 15 -> {
                        first[i] = in.readUnsignedByte();
                        second[i] = in.readUnsignedShort();
                    }
                    default -> throw new IOException("a constant of the unknown kind " + tag[i]);
                }
            }
        }

        String text(int i) throws IOException {
            if (texts[i] == null) throw new IOException("constant " + i + " is no text");
            return texts[i];
        }

        String className(int i) throws IOException {
            return text(first[i]);
        }

        Set<String> classes() throws IOException {
            Set<String> names = new LinkedHashSet<>();
            for (int i = 1; i < tag.length; i++) {
                if (tag[i] != CLASS) continue;
                String name = className(i);
                // An array's class is that of its elements, if they have one.
                if (!name.startsWith("[")) names.add(name);
                else if (name.endsWith(";")) names.add(name.substring(name.indexOf('L') + 1, name.length() - 1));
            }
            return names;
        }

        Set<Member> members() throws IOException {
            Set<Member> members = new LinkedHashSet<>();
            for (int i = 1; i < tag.length; i++) {
                if (tag[i] < FIELD || tag[i] > INTERFACE_METHOD) continue;
                String owner = className(first[i]);
                int type = second[i];
                if (!owner.startsWith("[")) members.add(new Member(owner, text(first[type]), text(second[type])));
            }
            return members;
        }
    }
}
