package io.mlengine.cli.log;

/** How lines of the log look. */
public enum LogForm {
    /** For people. */
    TEXT,
    /** One JSON object a line. */
    JSON
}
