package io.mlengine.core.convert;

import java.util.List;

/**
 * What becomes of the fields of one kind of object.
 *
 * @param title what the object is called
 * @param fields its fields
 */
public record MappingTable(String title, List<FieldMapping> fields) {
    /** Copies the list. */
    public MappingTable {
        fields = List.copyOf(fields);
    }
}
