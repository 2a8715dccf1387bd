package io.mlengine.cli.log;

import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Sends the log of this process to a stream. Works where the JDK's logging stands behind SLF4J, as for the operator. */
public final class ProcessLog {
    /** Held here because the JDK forgets the level of a logger that nobody holds. */
    private static final Logger OWN = Logger.getLogger("io.mlengine");

    private ProcessLog() {}

    /**
     * Begins; what was configured before is dropped.
     *
     * @param form how lines look
     * @param isDebug whether our own details are told too
     * @param stream where to
     */
    public static void begin(LogForm form, boolean isDebug, PrintStream stream) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(Level.INFO);
        Handler handler = new StreamLines(stream);
        handler.setFormatter(new LogFormat(form));
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        if (isDebug) {
            OWN.setLevel(Level.FINE);
        }
    }

    /** Writes whole lines at once, so that those of several threads do not mix. */
    private static final class StreamLines extends Handler {
        private final PrintStream stream;

        StreamLines(PrintStream stream) {
            this.stream = stream;
        }

        @Override
        public void publish(LogRecord record) {
            if (isLoggable(record)) {
                synchronized (stream) {
                    stream.print(getFormatter().format(record));
                    stream.flush();
                }
            }
        }

        @Override
        public void flush() {
            stream.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
