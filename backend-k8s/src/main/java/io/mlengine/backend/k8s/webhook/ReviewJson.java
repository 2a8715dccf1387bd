package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads and writes {@code AdmissionReview} of {@code admission.k8s.io/v1}. */
final class ReviewJson {
    private static final String API_VERSION = "admission.k8s.io/v1";
    private static final String KIND = "AdmissionReview";
    /** The API server cuts longer warnings off. */
    private static final int LONGEST_WARNING = 256;

    private static final ObjectMapper JSON = new ObjectMapper();

    private ReviewJson() {}

    /**
     * Reads a question.
     *
     * @throws MalformedReviewException when it is none; the message says what is missing
     */
    static Review read(byte[] bytes) {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new MalformedReviewException("the body is no JSON");
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
        if (!API_VERSION.equals(root.path("apiVersion").textValue())
                || !KIND.equals(root.path("kind").textValue())) {
            throw new MalformedReviewException("the body is no " + KIND + " of " + API_VERSION);
        }
        JsonNode request = root.path("request");
        return Review.builder()
                .uid(required(request, "uid"))
                .operation(operation(required(request, "operation")))
                .kind(required(request.path("kind"), "kind"))
                .name(request.path("name").asText(""))
                .namespace(request.path("namespace").asText(""))
                .subResource(request.path("subResource").asText(""))
                .user(user(request.path("userInfo")))
                .object(object(request.path("object")))
                .oldObject(object(request.path("oldObject")))
                .build();
    }

    private static Review.Operation operation(String text) {
        return Arrays.stream(Review.Operation.values())
                .filter(operation -> operation.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new MalformedReviewException("request.operation is none of the known ones"));
    }

    private static Optional<JsonNode> object(JsonNode node) {
        return node.isObject() ? Optional.of(node) : Optional.empty();
    }

    private static String required(JsonNode parent, String field) {
        String text = parent.path(field).textValue();
        if (text == null || text.isEmpty()) {
            throw new MalformedReviewException("the request has no " + field);
        }
        return text;
    }

    private static Requester user(JsonNode user) {
        Map<String, List<String>> extra = new TreeMap<>();
        user.path("extra").properties().forEach(entry -> extra.put(entry.getKey(), texts(entry.getValue())));
        return new Requester(
                user.path("username").asText(""), user.path("uid").asText(""), texts(user.path("groups")), extra);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    /** Writes an answer. */
    static byte[] write(Review review, Verdict verdict) {
        ObjectNode root = JSON.createObjectNode();
        root.put("apiVersion", API_VERSION).put("kind", KIND);
        ObjectNode response = root.putObject("response");
        response.put("uid", review.uid()).put("allowed", verdict.isAllowed());
        verdict.refusal().ifPresent(refusal -> response.set("status", status(review, refusal)));
        if (verdict.isAllowed() && !verdict.patch().isEmpty()) {
            response.put("patchType", "JSONPatch");
            response.put("patch", Base64.getEncoder().encodeToString(bytes(verdict.patch())));
        }
        if (!verdict.warnings().isEmpty()) {
            ArrayNode warnings = response.putArray("warnings");
            verdict.warnings().forEach(warning -> warnings.add(shortened(warning)));
        }
        return bytes(root);
    }

    private static ObjectNode status(Review review, Refusal refusal) {
        ObjectNode status = JSON.createObjectNode();
        status.put("status", "Failure")
                .put("message", refusal.message())
                .put("reason", refusal.reason().text())
                .put("code", refusal.reason().code());
        if (!refusal.causes().isEmpty()) {
            ObjectNode details = status.putObject("details");
            details.put("kind", review.kind());
            ArrayNode causes = details.putArray("causes");
            refusal.causes()
                    .forEach(cause -> causes.addObject()
                            .put("reason", cause.code())
                            .put("field", cause.field())
                            .put("message", cause.message()));
        }
        return status;
    }

    private static String shortened(String warning) {
        return warning.length() <= LONGEST_WARNING ? warning : warning.substring(0, LONGEST_WARNING - 3) + "...";
    }

    private static byte[] bytes(JsonNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }
}
