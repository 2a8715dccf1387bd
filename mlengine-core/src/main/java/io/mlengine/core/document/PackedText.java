package io.mlengine.core.document;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Text in gzip and base64 behind {@code gzip:}, which no JSON begins with. */
final class PackedText {
    private static final String PREFIX = "gzip:";
    private static final int MOST_BYTES = 1 << 28;

    private PackedText() {}

    static String pack(String text) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        }
        return PREFIX + Base64.getEncoder().encodeToString(packed.toByteArray());
    }

    /**
     * The text that was packed, or a text that never was, as it is.
     *
     * @throws IllegalArgumentException when it is damaged, or becomes larger than 256 MiB
     */
    static String unpack(String text) {
        if (!text.startsWith(PREFIX)) {
            return text;
        }
        byte[] packed = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] bytes = gzip.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IllegalArgumentException("larger than " + MOST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException damaged) {
            throw new IllegalArgumentException("damaged: " + damaged.getMessage(), damaged);
        }
    }

    /** How many bytes a text has as a string of a JSON document, without the quotes around it. */
    static long bytesInJson(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter < 0x20) {
                bytes += 6;
            } else if (letter == '"' || letter == '\\' || letter >= 0x80 && letter < 0x800) {
                bytes += 2;
            } else if (Character.isSurrogate(letter)) {
                // Two of them are four bytes.
                bytes += 2;
            } else {
                bytes += letter < 0x80 ? 1 : 3;
            }
        }
        return bytes;
    }
}
