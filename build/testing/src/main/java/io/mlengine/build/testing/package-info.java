/**
 * What the tests of every module share: the module's own classes, the general rules, discovery, golden files, and makers
 * of plugin jars and Python packages.
 * Internal to this build: never published, and no module depends on it outside its tests.
 */
@NullMarked
package io.mlengine.build.testing;

import org.jspecify.annotations.NullMarked;
