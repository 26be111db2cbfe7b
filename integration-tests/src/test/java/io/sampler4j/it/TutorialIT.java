package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what plugins/TUTORIAL.md says, in its order: {@code sh} is run ({@code sh fails} must fail), {@code java} goes to
 * the file that the line before it names, {@code text} is printed by then.
 */
class TutorialIT {
    private static final Path PAGE = Path.of("../plugins/TUTORIAL.md");
    private static final Pattern FENCE = Pattern.compile("^```(.*)$");
    private static final Pattern FILE = Pattern.compile("^`([^`]+)`$");
    private static final long MINUTES = 8;

    @TempDir
    private Path folder;

    /** A fenced block, with the last line of text above it. */
    private record Block(String info, String above, List<String> lines) {
        String text() {
            return String.join("\n", lines) + "\n";
        }
    }

    @Test
    void everyStepOfThePageWorks() throws Exception {
        List<Block> blocks = blocks(Files.readAllLines(PAGE));
        assertThat(blocks).extracting(Block::info).contains("sh", "sh fails", "java", "text");
        Path plugins = folder.resolve("plugins");
        Distribution.copyPlugins(plugins);

        String printed = follow(blocks, plugins);

        for (Block block : blocks) {
            if (block.info().equals("text")) {
                for (String line : block.lines()) assertThat(printed).contains(line);
            }
        }
        assertThat(folder.resolve("gradient-estimation/digits.png")).isNotEmptyFile();
    }

    /** What all of it printed. */
    private String follow(List<Block> blocks, Path plugins) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder("set -e\n");
        script.append("sampler4j() { \"$SAMPLER4J\" \"$@\"; }\n");
        script.append("mvn() { ")
                .append(LocalRepository.ofTheBuild().mavenCommand().stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" ")))
                .append(" \"$@\"; }\n");
        for (Block block : blocks) script.append(step(block));
        Path file = folder.resolve("tutorial.sh"), out = folder.resolve("printed.txt");
        Files.writeString(file, script);

        ProcessBuilder builder = new ProcessBuilder("sh", file.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        LocalRepository.prepare(builder.environment());
        builder.environment()
                .put("SAMPLER4J", Distribution.home().resolve("bin/sampler4j").toString());
        builder.environment().put("PLUGINS", plugins.toString());
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still running:\n" + Files.readString(out));
        }
        String printed = Files.readString(out);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }

    private static String step(Block block) {
        switch (block.info()) {
            case "sh":
                return block.text();
            case "sh fails":
                return "if (" + block.text().strip().replace("\n", " && ")
                        + "); then echo 'it does not fail'; exit 1; fi\n";
            case "java":
                Matcher file = FILE.matcher(block.above());
                assertThat(file.matches()).as("the file of " + block.text()).isTrue();
                return "cat >'" + file.group(1) + "' <<'END OF BLOCK'\n" + block.text() + "END OF BLOCK\n";
            default:
                return "";
        }
    }

    private static List<Block> blocks(List<String> page) {
        List<Block> blocks = new ArrayList<>();
        List<String> inside = null;
        String info = "", above = "";
        for (String line : page) {
            Matcher fence = FENCE.matcher(line);
            if (fence.matches() && inside == null) {
                info = fence.group(1);
                inside = new ArrayList<>();
            } else if (fence.matches()) {
                blocks.add(new Block(info, above, inside));
                inside = null;
            } else if (inside != null) {
                inside.add(line);
            } else if (!line.isBlank()) {
                above = line;
            }
        }
        return blocks;
    }
}
