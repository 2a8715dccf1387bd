/**
 * The command {@code mlengine}: reads documents, runs an engine in process and shows what it does.
 * Internal: nobody calls it but the shell.
 */
@NullMarked
package io.mlengine.cli;

import org.jspecify.annotations.NullMarked;
