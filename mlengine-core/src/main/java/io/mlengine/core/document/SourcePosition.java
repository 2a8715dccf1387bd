package io.mlengine.core.document;

/**
 * A place in a document.
 *
 * @param file the document's name
 * @param line the line, from 1
 * @param column the column, from 1
 * @param length how many characters the offending word has
 * @param sourceLine the whole line with credentials masked, or empty when it is too long to show
 */
public record SourcePosition(String file, int line, int column, int length, String sourceLine) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
