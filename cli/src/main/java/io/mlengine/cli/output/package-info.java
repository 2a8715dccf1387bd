/** Forms in which results leave the command: exit codes, problems, figures for people, JSON for programs. Internal. */
@NullMarked
package io.mlengine.cli.output;

import org.jspecify.annotations.NullMarked;
