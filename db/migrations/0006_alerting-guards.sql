-- The one clock of alerting and leases: the skew of an application server never decides anything.
-- Tests that travel in time replace this function in their own database.
CREATE FUNCTION alert_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()';
--> statement-breakpoint
-- An attempt to send that is over says what happened, for good.
CREATE FUNCTION refuse_attempt_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'sending' THEN
    RAISE EXCEPTION 'attempt % of notification % is over and stays as it is', OLD.attempt, OLD.notification_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER notification_attempts_terminal
  BEFORE UPDATE ON "notification_attempts"
  FOR EACH ROW EXECUTE FUNCTION refuse_attempt_change();
--> statement-breakpoint
-- Transitions and timelines are history: rows are added, and go only with what they belong to.
CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is history: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
CREATE TRIGGER alert_events_history
  BEFORE UPDATE ON "alert_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
