package io.sampler4j.api.text;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.error.RefusedException;
import java.util.List;
import java.util.OptionalInt;
import org.apiguardian.api.API;

/** Text to ids and back. Stateless and thread-safe. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Tokenizer {
    /** How many ids there are. */
    int vocabulary();

    /** Ids of plain text: control tokens in it are text. Never truncates. */
    int[] encode(String text);

    /** The text of ids[from, to); bytes that form no character become U+FFFD. */
    String decode(int[] ids, int from, int to);

    /** A decoder that holds back incomplete characters, for streaming. */
    Stream stream();

    /** The id of a special token by its text, as the tokenizer's own files name it; empty where there is none. */
    default OptionalInt special(String token) {
        return OptionalInt.empty();
    }

    /**
     * The ids of a conversation in the model's own template, up to where the answer begins. Control tokens are those of the
     * template; in the texts of the messages they are text.
     *
     * @throws RefusedException if there is no template, which is the default, or it refuses the messages
     */
    default int[] chat(List<Message> messages) {
        throw new RefusedException("this tokenizer has no chat template: give the model a prompt instead");
    }

    /** Decodes one stream of ids. Confined to one thread. */
    @API(status = API.Status.STABLE, since = "1.0")
    @ImplementedBy(ImplementedBy.Party.PLUGIN)
    interface Stream {
        /** Text that is now certain, possibly empty. */
        String push(int id);

        /** What is left when no more ids come. */
        String finish();
    }

    /** One message of a conversation. Immutable. */
    @API(status = API.Status.STABLE, since = "1.0")
    @ImplementedBy(ImplementedBy.Party.NOBODY)
    final class Message {
        private final String role;
        private final String text;

        private Message(String role, String text) {
            this.role = role;
            this.text = text;
        }

        /** @param role as the template names it, such as {@code user} */
        public static Message of(String role, String text) {
            return new Message(role, text);
        }

        /** Who speaks. */
        public String role() {
            return role;
        }

        /** What is said. */
        public String text() {
            return text;
        }
    }
}
