package io.mlengine.backend.k8s.pod;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** How kubelet expands words, told anew from its rules: byte by byte, with its slip for what follows a lone dollar. */
final class NodeExpansion {
    private NodeExpansion() {}

    static String expand(String word, Map<String, String> variables) {
        byte[] input = word.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int at = 0;
        while (at < input.length) {
            if (input[at] != '$' || at + 1 == input.length) {
                output.write(input[at++]);
            } else if (input[at + 1] == '$') {
                output.write('$');
                at += 2;
            } else if (input[at + 1] == '(') {
                at = reference(input, at, variables, output);
            } else {
                output.write('$');
                // A single byte is taken for a whole letter.
                output.writeBytes(Character.toString(input[at + 1] & 0xff).getBytes(StandardCharsets.UTF_8));
                at += 2;
            }
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    private static int reference(byte[] input, int at, Map<String, String> variables, ByteArrayOutputStream output) {
        int end = at + 2;
        while (end < input.length && input[end] != ')') {
            end++;
        }
        if (end == input.length) {
            output.writeBytes("$(".getBytes(StandardCharsets.UTF_8));
            return at + 2;
        }
        String name = new String(input, at + 2, end - at - 2, StandardCharsets.UTF_8);
        String value = variables.getOrDefault(name, "$(" + name + ")");
        output.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        return end + 1;
    }
}
