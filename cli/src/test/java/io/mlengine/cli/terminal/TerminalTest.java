package io.mlengine.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
    @Test
    void colorsFollowTheEnvironment() {
        Map<String, String> xterm = Map.of("TERM", "xterm");

        assertThat(ColorWish.AUTO.decide(true, xterm)).isTrue();
        assertThat(ColorWish.AUTO.decide(false, xterm)).isFalse();
        assertThat(ColorWish.AUTO.decide(true, Map.of("TERM", "dumb"))).isFalse();
        assertThat(ColorWish.AUTO.decide(true, Map.of())).isFalse();
        assertThat(ColorWish.AUTO.decide(true, Map.of("TERM", "xterm", "NO_COLOR", "1")))
                .isFalse();
        assertThat(ColorWish.AUTO.decide(true, Map.of("TERM", "xterm", "NO_COLOR", "")))
                .isTrue();
        assertThat(ColorWish.AUTO.decide(true, Map.of("TERM", "xterm", "CLICOLOR", "0")))
                .isFalse();
        assertThat(ColorWish.AUTO.decide(false, Map.of("CLICOLOR_FORCE", "1"))).isTrue();
        assertThat(ColorWish.AUTO.decide(false, Map.of("CLICOLOR_FORCE", "1", "NO_COLOR", "1")))
                .isFalse();
        assertThat(ColorWish.NEVER.decide(true, xterm)).isFalse();
        assertThat(ColorWish.ALWAYS.decide(false, Map.of())).isTrue();
    }

    @Test
    void foreignLinesAreMadeHarmless() {
        assertThat(Cells.clean("\u001b[2J\u001b[31mred\u001b[0m\tend\u0007")).isEqualTo("red    end");
        assertThat(Cells.clean("\u001b]0;title\u0007text")).isEqualTo("text");
        assertThat(Cells.clean(" 10%|#   \r 20%|##  \r 30%|### ")).isEqualTo(" 30%|### ");
        assertThat(Cells.clean("windows\r")).isEqualTo("windows");
        assertThat(Cells.clean("\r")).isEmpty();
        assertThat(Cells.clean("\u001b")).isEmpty();
    }

    @Test
    void textIsCutByCellsNotByCharacters() {
        Style style = new Style(true, true);

        assertThat(Cells.width("日本")).isEqualTo(4);
        assertThat(Cells.width(style.red("ab"))).isEqualTo(2);
        assertThat(Cells.cut("日本語", 5, style)).isEqualTo("日本…");
        assertThat(Cells.cut("abcdef", 4, Style.PLAIN)).isEqualTo("abc~");
        assertThat(Cells.cut(style.red("abcdef"), 4, style)).endsWith("\u001b[0m");
        assertThat(Cells.pad("ab", 4, style)).isEqualTo("ab  ");
        assertThat(Cells.sides("left", "right", 18, style)).isEqualTo("left         right");
    }

    @Test
    void screenRewritesChangedLinesOnly() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LiveScreen screen = new LiveScreen(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        screen.draw(List.of("one", "two"));
        bytes.reset();

        screen.draw(List.of("one", "TWO"));

        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("TWO").doesNotContain("one");
        bytes.reset();
        screen.draw(List.of("one", "TWO"));
        assertThat(bytes.size()).isZero();
    }

    @Test
    void closedScreenLeavesNothingBehindAndShowsTheCursor() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LiveScreen screen = new LiveScreen(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        screen.draw(List.of("one", "two"));
        bytes.reset();

        screen.close();
        screen.close();

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\u001b[2A\r\u001b[J\u001b[?25h");
    }

    @Test
    void launcherTellsWhichStreamsAreTerminals() {
        assertThat(TerminalFacts.of("101")).isEqualTo(new TerminalFacts(true, false, true));
        assertThat(TerminalFacts.of("")).isEqualTo(TerminalFacts.NONE);
        assertThat(TerminalFacts.isUnicode(Map.of("LANG", "de_DE.UTF-8"))).isTrue();
        assertThat(TerminalFacts.isUnicode(Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "C")))
                .isFalse();
        assertThat(TerminalFacts.isUnicode(Map.of())).isFalse();
    }
}
