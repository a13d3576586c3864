-- Agents that were deleted before deleting took their configuration along would come back with it.
UPDATE "agents" SET
  "type" = 'agent', "description" = '', "health_url" = NULL, "control_url" = NULL, "control_secret" = NULL,
  "kubernetes_namespace" = NULL, "kubernetes_deployment" = NULL, "replicas" = 1, "cpu_limit" = NULL,
  "memory_limit" = NULL, "health_interval_seconds" = NULL, "health_timeout_seconds" = NULL,
  "config" = '{}', "metadata" = '{}', "desired_state" = NULL, "desired_since" = NULL, "desired_by" = NULL
WHERE "deleted_at" IS NOT NULL;
