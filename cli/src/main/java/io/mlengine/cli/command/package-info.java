/** One class a command. Internal. */
@NullMarked
package io.mlengine.cli.command;

import org.jspecify.annotations.NullMarked;
