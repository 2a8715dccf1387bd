package io.mlengine.backend.k8s.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns requests into questions for one admitter. Whatever keeps it from answering becomes an HTTP error, and then the
 * failure policy of the registration decides: our own objects are refused, pods of others pass.
 */
final class ReviewHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ReviewHandler.class);
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;
    private static final int BROKEN = 500;
    private static final int BUSY = 503;
    private static final int TOO_SLOW = 504;

    private final String path;
    private final Admitter admitter;
    private final ExecutorService reviewers;
    private final int mostBytes;

    ReviewHandler(String path, Admitter admitter, ExecutorService reviewers, int mostBytes) {
        this.path = path;
        this.admitter = admitter;
        this.reviewers = reviewers;
        this.mostBytes = mostBytes;
    }

    private record Reply(int code, String type, byte[] body) {
        static Reply text(int code, String text) {
            return new Reply(code, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
        }

        static Reply json(byte[] body) {
            return new Reply(OK, "application/json", body);
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply = reply(exchange);
            exchange.getResponseHeaders().set("Content-Type", reply.type());
            exchange.sendResponseHeaders(reply.code(), reply.body().length);
            exchange.getResponseBody().write(reply.body());
        }
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        // Where a body is left unread, the JDK's server sometimes misses the next request of the connection.
        byte[] body = exchange.getRequestBody().readNBytes(mostBytes + 1);
        // The context of a server also takes what lies below it.
        if (!exchange.getRequestURI().getPath().equals(path)) {
            return Reply.text(404, "no such path");
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            return Reply.text(NOT_ALLOWED, "only POST");
        }
        if (body.length > mostBytes) {
            exchange.getResponseHeaders().set("Connection", "close");
            return Reply.text(TOO_LARGE, "the body has more than " + mostBytes + " bytes");
        }
        Review review;
        try {
            review = ReviewJson.read(body);
        } catch (MalformedReviewException e) {
            return Reply.text(BAD_REQUEST, e.complaint());
        }
        return decided(review, ReviewTimeout.of(exchange.getRequestURI().getQuery()));
    }

    private Reply decided(Review review, Duration timeout) {
        Future<Verdict> decision;
        try {
            decision = reviewers.submit(() -> admitter.admit(review));
        } catch (RejectedExecutionException e) {
            return Reply.text(BUSY, "too many requests, or closing");
        }
        try {
            Verdict verdict = decision.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            verdict.refusal()
                    .ifPresent(refusal -> LOG.info(
                            "admission refused kind={} namespace={} user={} code={}",
                            review.kind(),
                            review.namespace(),
                            review.user().name(),
                            refusal.reason().code()));
            return Reply.json(ReviewJson.write(review, verdict));
        } catch (TimeoutException e) {
            LOG.warn("admission too slow kind={} namespace={} limit={}", review.kind(), review.namespace(), timeout);
            return Reply.text(TOO_SLOW, "no decision within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            LOG.error("admission failed kind={} namespace={}", review.kind(), review.namespace(), e.getCause());
            return Reply.text(BROKEN, "the webhook failed, see the operator's log");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.text(BUSY, "closing");
        } finally {
            decision.cancel(true);
        }
    }
}
