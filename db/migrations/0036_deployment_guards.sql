-- What a deployment may become, whoever writes it: what is over never changes but to be rolled back (S-52).
-- lib/deployments/transition.ts says the same; a test holds them equal.
CREATE FUNCTION refuse_deployment_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (
    (OLD.status = 'pending' AND NEW.status IN ('awaiting_approval', 'in_progress', 'failed', 'cancelled')) OR
    (OLD.status = 'awaiting_approval' AND NEW.status IN ('in_progress', 'failed', 'cancelled')) OR
    (OLD.status = 'in_progress' AND NEW.status IN ('completed', 'failed', 'cancelled', 'superseded')) OR
    (OLD.status IN ('completed', 'failed') AND NEW.status = 'rolled_back')
  ) THEN
    RAISE EXCEPTION 'deployment % is % and never becomes %', OLD.id, OLD.status, NEW.status
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER deployments_transition
  BEFORE UPDATE OF "status" ON "deployments"
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION refuse_deployment_transition();
--> statement-breakpoint
-- Timelines are history: rows are added, and go only with the deployment that they belong to, which is a trigger
-- of the foreign key and so the second one deep.
CREATE FUNCTION refuse_deployment_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is history: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
CREATE TRIGGER deployment_events_history
  BEFORE UPDATE OR DELETE ON "deployment_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_deployment_history_change();
--> statement-breakpoint
CREATE TRIGGER deployment_events_kept
  BEFORE TRUNCATE ON "deployment_events"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_deployment_history_change();
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pitwall_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON "deployment_events" FROM pitwall_app;
  END IF;
END
$$;
