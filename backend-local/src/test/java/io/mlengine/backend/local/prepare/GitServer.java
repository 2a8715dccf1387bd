package io.mlengine.backend.local.prepare;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Serves repositories over HTTP to those who know the password, and looks at the process table while git asks. */
final class GitServer implements AutoCloseable {
    final List<String> commandLines = Collections.synchronizedList(new ArrayList<>());
    private final HttpServer server;
    private final Path repositories;
    private final String expected;

    GitServer(Path repositories, String user, String password) throws IOException {
        this.repositories = repositories;
        this.expected =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", this::handle);
        server.start();
    }

    String url(String repository) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + repository;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            readCommandLines();
            if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
            Map<String, String> cgi = builder.environment();
            cgi.put("GIT_PROJECT_ROOT", repositories.toString());
            cgi.put("GIT_HTTP_EXPORT_ALL", "1");
            cgi.put("REQUEST_METHOD", exchange.getRequestMethod());
            cgi.put("PATH_INFO", exchange.getRequestURI().getPath());
            cgi.put("QUERY_STRING", String.valueOf(exchange.getRequestURI().getQuery()));
            cgi.put("REMOTE_USER", "tester");
            cgi.put("REMOTE_ADDR", "127.0.0.1");
            putHeader(cgi, exchange, "CONTENT_TYPE", "Content-Type");
            putHeader(cgi, exchange, "HTTP_CONTENT_ENCODING", "Content-Encoding");
            putHeader(cgi, exchange, "HTTP_GIT_PROTOCOL", "Git-Protocol");
            byte[] body = exchange.getRequestBody().readAllBytes();
            cgi.put("CONTENT_LENGTH", String.valueOf(body.length));
            Process process =
                    builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try (OutputStream input = process.getOutputStream()) {
                input.write(body);
            }
            answer(exchange, process.getInputStream());
        }
    }

    private static void answer(HttpExchange exchange, InputStream output) throws IOException {
        int status = 200;
        String line;
        while (!(line = readLine(output)).isEmpty()) {
            String[] header = line.split(": ", 2);
            if (header[0].equals("Status")) {
                status = Integer.parseInt(header[1].substring(0, 3));
            } else {
                exchange.getResponseHeaders().add(header[0], header[1]);
            }
        }
        exchange.sendResponseHeaders(status, 0);
        output.transferTo(exchange.getResponseBody());
    }

    private static String readLine(InputStream stream) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = stream.read()) >= 0 && c != '\n') {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static void putHeader(Map<String, String> cgi, HttpExchange exchange, String variable, String header) {
        String value = exchange.getRequestHeaders().getFirst(header);
        if (value != null) {
            cgi.put(variable, value);
        }
    }

    private void readCommandLines() throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    commandLines.add(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .replace('\0', ' '));
                } catch (IOException e) {
                    // Ended since the folder was listed.
                    continue;
                }
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
