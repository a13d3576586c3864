CREATE TABLE "audit_segments" (
	"team_id" uuid NOT NULL,
	"from_seq" bigint NOT NULL,
	"to_seq" bigint NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"last_hash" "bytea" NOT NULL,
	"file" text NOT NULL,
	"sha256" "bytea" NOT NULL,
	"archived_at" timestamp with time zone NOT NULL,
	CONSTRAINT "audit_segments_team_id_to_seq_pk" PRIMARY KEY("team_id","to_seq"),
	CONSTRAINT "audit_segments_range" CHECK ("audit_segments"."from_seq" >= 1 and "audit_segments"."to_seq" >= "audit_segments"."from_seq")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "audit_segments_from_idx" ON "audit_segments" USING btree ("team_id","from_seq");--> statement-breakpoint
CREATE TRIGGER audit_segments_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_segments"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
--> statement-breakpoint
-- Only drop_audit_segment below removes rows of the ledger; everybody else is refused, the owner included.
CREATE FUNCTION refuse_audit_row_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('pitwall.dropping_audit_segment', true) = 'yes' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
DROP TRIGGER audit_log_append_only ON "audit_log";
--> statement-breakpoint
CREATE TRIGGER audit_log_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_row_change();
--> statement-breakpoint
-- Removes one segment of a ledger: the oldest rows that are there, all of them, which were taken into a file, which the
-- ledger says of itself, and which are at least 89 days old.
CREATE FUNCTION drop_audit_segment(ledger uuid, last_seq bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  segment public.audit_segments;
  removed bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || ledger::text, 0));
  SELECT * INTO segment FROM public.audit_segments WHERE team_id = ledger AND to_seq = last_seq;
  IF segment IS NULL THEN
    RAISE EXCEPTION 'no archived segment ends at row %', last_seq USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.audit_log WHERE team_id = ledger AND seq = last_seq AND hash = segment.last_hash)
    OR NOT EXISTS (SELECT 1 FROM public.audit_log
      WHERE team_id = ledger AND seq = segment.from_seq AND previous_hash = segment.previous_hash)
    OR EXISTS (SELECT 1 FROM public.audit_log WHERE team_id = ledger AND seq < segment.from_seq)
    OR EXISTS (SELECT 1 FROM public.audit_log
      WHERE team_id = ledger AND seq <= last_seq AND at > now() - interval '89 days')
    OR NOT EXISTS (SELECT 1 FROM public.audit_log
      WHERE team_id = ledger AND seq > last_seq AND action = 'audit.archive' AND outcome = 'ok' AND actor_kind = 'system'
        AND details->'after'->>'toSeq' = last_seq::text
        AND details->'after'->>'lastHash' = encode(segment.last_hash, 'hex'))
  THEN
    RAISE EXCEPTION 'rows % to % are no whole, archived segment', segment.from_seq, last_seq
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('pitwall.dropping_audit_segment', 'yes', true);
  DELETE FROM public.audit_log WHERE team_id = ledger AND seq <= last_seq;
  GET DIAGNOSTICS removed = ROW_COUNT;
  PERFORM set_config('pitwall.dropping_audit_segment', '', true);
  IF removed <> last_seq - segment.from_seq + 1 THEN
    RAISE EXCEPTION 'rows % to % are not whole', segment.from_seq, last_seq USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN removed;
END
$$;
--> statement-breakpoint
DO $$
DECLARE
  app_role text := current_setting('pitwall.app_role', true);
BEGIN
  REVOKE EXECUTE ON FUNCTION drop_audit_segment(uuid, bigint) FROM PUBLIC;
  IF app_role <> '' THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION drop_audit_segment(uuid, bigint) TO %I', app_role);
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_segments FROM %I', app_role);
  END IF;
END
$$;
