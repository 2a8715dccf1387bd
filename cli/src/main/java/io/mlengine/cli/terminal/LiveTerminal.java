package io.mlengine.cli.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.util.function.IntConsumer;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;

/** The terminal of a live view: its size, and keys without Enter and echo. Signals stay as they are. */
public final class LiveTerminal implements AutoCloseable {
    private static final int USUAL_COLUMNS = 80;
    private static final int USUAL_ROWS = 24;
    private static final long KEY_WAIT_MILLIS = 500;

    private final Terminal terminal;
    private final PrintStream output;
    private final Attributes before;
    private final boolean hasKeys;
    private volatile Size size;
    private volatile boolean closed;

    private LiveTerminal(Terminal terminal, PrintStream output, boolean hasKeys) {
        this.terminal = terminal;
        this.output = output;
        this.hasKeys = hasKeys;
        this.before = terminal.getAttributes();
        this.size = terminal.getSize();
    }

    /**
     * Opens the terminal.
     *
     * @param output standard output
     * @param hasKeys whether standard input is the terminal too
     * @return the terminal; must be closed, else the shell gets it back without echo
     * @throws IOException when it cannot be asked
     */
    public static LiveTerminal open(PrintStream output, boolean hasKeys) throws IOException {
        Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .dumb(false)
                .jni(false)
                // Asking for it sends questions to the terminal whose answers would show up as typed text.
                .graphemeCluster(false)
                .nativeSignals(false)
                .build();
        LiveTerminal live = new LiveTerminal(terminal, output, hasKeys);
        if (hasKeys) {
            terminal.enterRawMode();
        }
        return live;
    }

    /** Where to draw. */
    public PrintStream output() {
        return output;
    }

    /** Reads keys on a thread of their own until the terminal is closed. */
    public void readKeys(IntConsumer keys) {
        if (!hasKeys) {
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!closed) {
                            int key = terminal.reader().read(KEY_WAIT_MILLIS);
                            if (key >= 0) {
                                keys.accept(key);
                            } else if (key != NonBlockingReader.READ_EXPIRED) {
                                return;
                            }
                        }
                    } catch (IOException e) {
                        // The terminal is gone, and with it whoever could press a key.
                        closed = true;
                    }
                },
                "mlengine-keys");
        thread.setDaemon(true);
        thread.start();
    }

    /** Asks for the size again, after the signal that says that it changed. */
    public void resized() {
        size = terminal.getSize();
    }

    /** After the job control of a shell stopped and continued the command. */
    public void continued() {
        if (hasKeys && !closed) {
            terminal.enterRawMode();
        }
        resized();
    }

    /** Columns, 80 when the terminal does not know. */
    public int columns() {
        return size.getColumns() > 0 ? size.getColumns() : USUAL_COLUMNS;
    }

    /** Rows, 24 when the terminal does not know. */
    public int rows() {
        return size.getRows() > 0 ? size.getRows() : USUAL_ROWS;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            terminal.setAttributes(before);
        }
    }
}
