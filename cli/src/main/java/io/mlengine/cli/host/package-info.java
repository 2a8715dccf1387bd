/** What commands find around them: streams, folders, and the seam behind which documents, engines and this machine are. Internal. */
@NullMarked
package io.mlengine.cli.host;

import org.jspecify.annotations.NullMarked;
