package io.mlengine.backend.k8s.operator;

import io.mlengine.core.api.Health;

/** A controller that also serves the admission webhooks, whether it leads or not. */
public final class WebhookProcess implements OperatorRuntime {
    private final OperatorRuntime controller;
    private final WebhookService webhooks;

    /**
     * A process that has not started.
     *
     * @param controller the rest of the controller; started after the webhooks, closed before them
     * @param webhooks the webhooks, closed with the process
     */
    public WebhookProcess(OperatorRuntime controller, WebhookService webhooks) {
        this.controller = controller;
        this.webhooks = webhooks;
    }

    @Override
    public void start() {
        webhooks.start();
        controller.start();
    }

    @Override
    public Health health() {
        return controller.health();
    }

    @Override
    public void close() {
        controller.close();
        webhooks.close();
    }
}
