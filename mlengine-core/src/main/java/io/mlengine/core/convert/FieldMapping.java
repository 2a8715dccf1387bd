package io.mlengine.core.convert;

/**
 * What becomes of one field of another system.
 *
 * @param field the field, relative to its table's object
 * @param becomes the field of the job that says the same, or why there is none
 */
public record FieldMapping(String field, String becomes) {}
