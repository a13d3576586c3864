-- Looks of gates are history as timelines are: the looks that were taken are what the next one is counted from.
CREATE TRIGGER deployment_gate_looks_history
  BEFORE UPDATE OR DELETE ON "deployment_gate_looks"
  FOR EACH ROW EXECUTE FUNCTION refuse_deployment_history_change();
--> statement-breakpoint
CREATE TRIGGER deployment_gate_looks_kept
  BEFORE TRUNCATE ON "deployment_gate_looks"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_deployment_history_change();
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pitwall_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON "deployment_gate_looks" FROM pitwall_app;
  END IF;
END
$$;
