package io.mlengine.cli.host;

import io.mlengine.core.document.DocumentResult;
import java.util.List;

/** Reads job documents; knows the frameworks of the loaded plugins. */
public interface Documents extends AutoCloseable {
    /**
     * Reads and judges a document.
     *
     * @param name its name, for messages
     * @param text its bytes
     * @param assignments what {@code --set} changes before it is judged
     * @return the job with its defaults, or everything that is wrong with it
     */
    DocumentResult read(String name, byte[] text, List<String> assignments);

    /** The JSON Schema of documents, with the options of each framework. */
    String schema();

    /** Ends the plugins. */
    @Override
    void close();
}
