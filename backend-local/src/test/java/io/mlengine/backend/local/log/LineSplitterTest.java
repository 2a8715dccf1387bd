package io.mlengine.backend.local.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
    private final List<String> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(100);

    private void feed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.feed(bytes, 0, bytes.length, (line, offset) -> lines.add(offset + ":" + line));
    }

    private void finish() {
        splitter.finish((line, offset) -> lines.add(offset + ":" + line));
    }

    @Test
    void linesEndWhereTheirBytesEndWhateverThePieces() {
        feed("on");
        feed("e\nt");
        feed("wo\n\n");
        finish();
        assertThat(lines).containsExactly("104:one", "108:two", "109:");
    }

    @Test
    void aProgressBarIsItsLastState() {
        feed("10%\r20%");
        feed("\r");
        feed("30%\n40%\r");
        finish();
        assertThat(lines).containsExactly("112:30%", "116:40%");
    }

    @Test
    void windowsLineEndsAreLineEnds() {
        feed("one\r\ntwo\r\r\n");
        assertThat(lines).containsExactly("105:one", "111:two");
    }

    @Test
    void theLastLineCountsWithoutItsEnd() {
        feed("half");
        finish();
        finish();
        assertThat(lines).containsExactly("104:half");
    }

    @Test
    void aLineWithoutEndIsCutAndSaysSo() {
        feed("x".repeat(LineSplitter.MOST_BYTES + 7) + "\nnext\n");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).endsWith("x [line cut, 7 more bytes]");
        assertThat(lines.get(1)).endsWith(":next");
    }
}
