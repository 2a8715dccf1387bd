package io.mlengine.cli.output;

/** In which form the result is written to standard output. */
public enum OutputForm {
    /** For people. */
    TEXT,
    /** One JSON document. */
    JSON,
    /** One JSON object a line, written as things happen. */
    JSONL,
    /** The ids of jobs, one a line. */
    ID;

    /** Tells whether a program reads it. */
    public boolean isMachine() {
        return this == JSON || this == JSONL;
    }
}
