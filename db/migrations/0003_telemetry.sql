-- Telemetry: spans, logs, points and their roll-ups. Written by binary COPY and read by hand-written SQL,
-- so they stand here and not in the Drizzle schema. Raw rows carry no foreign keys: they are dropped by
-- partition, and a lookup a row would cost more than the row.

-- Which tables are partitioned, how finely (UTC), with what storage, and which columns are unique within a
-- partition. There are no DEFAULT partitions: they forbid cheap detaching and hide a missing partition.
CREATE TABLE "partition_rules" (
  "parent" text PRIMARY KEY,
  "grain" text NOT NULL CHECK ("grain" IN ('hour', 'day', 'month')),
  "storage" text NOT NULL,
  "unique_columns" text
);
--> statement-breakpoint
-- What the resource of a span says, once per team and content.
CREATE TABLE "span_resources" (
  "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "team_id" uuid NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
  "hash" bytea NOT NULL,
  "environment" text NOT NULL,
  "service_namespace" text NOT NULL,
  "service_name" text NOT NULL,
  "service_version" text,
  "service_instance" text,
  "resource" jsonb NOT NULL,
  "created_at" timestamptz NOT NULL DEFAULT now(),
  UNIQUE ("team_id", "hash")
);
--> statement-breakpoint
-- Partitioned by the day a span ended: ending is when it counts and when it arrives.
-- (trace_id, span_id, team_id) is unique within a day, which is what makes a span that is sent again count once.
CREATE TABLE "spans" (
  "team_id" uuid NOT NULL,
  "agent_id" uuid NOT NULL,
  "end_at" timestamptz NOT NULL,
  "start_ns" bigint NOT NULL,
  "end_ns" bigint NOT NULL,
  "duration_ms" double precision NOT NULL,
  "trace_id" bytea NOT NULL,
  "span_id" bytea NOT NULL,
  "parent_span_id" bytea,
  "resource_id" integer,
  "kind" smallint NOT NULL,
  "is_agent_run" boolean NOT NULL,
  "is_error" boolean NOT NULL,
  "is_soft_failure" boolean NOT NULL,
  "name" text NOT NULL,
  "operation" text NOT NULL,
  "raw_operation" text,
  "owner_source" text NOT NULL,
  "provider" text,
  "request_model" text,
  "response_model" text,
  "tool_name" text,
  "conversation_id" text,
  "workflow_name" text,
  "input_tokens" bigint,
  "output_tokens" bigint,
  "cache_read_tokens" bigint,
  "cache_write_tokens" bigint,
  "reasoning_tokens" bigint,
  "cost_reported" double precision,
  "cost_priced" double precision,
  "time_to_first_chunk_ms" double precision,
  "error_type" text,
  "status_message" text,
  "finish_reason" text,
  "hand_off_from" text,
  "hand_off_to" text,
  "hand_off_mode" text,
  "scope" text NOT NULL,
  "convention" text NOT NULL,
  "attributes" jsonb,
  "events" jsonb,
  "resource" jsonb
) PARTITION BY RANGE ("end_at");
--> statement-breakpoint
CREATE INDEX "spans_team_end_idx" ON "spans" ("team_id", "end_at");
--> statement-breakpoint
CREATE INDEX "spans_agent_runs_idx" ON "spans" ("agent_id", "end_at") WHERE "is_agent_run" OR "parent_span_id" IS NULL;
--> statement-breakpoint
CREATE INDEX "spans_conversation_idx" ON "spans" ("team_id", "conversation_id", "end_at") WHERE "conversation_id" IS NOT NULL;
--> statement-breakpoint
CREATE TABLE "logs" (
  "team_id" uuid NOT NULL,
  "agent_id" uuid,
  "at" timestamptz NOT NULL,
  "time_ns" bigint NOT NULL,
  "trace_id" bytea,
  "span_id" bytea,
  "severity" smallint NOT NULL,
  "service_name" text NOT NULL,
  "body" text NOT NULL,
  "attributes" jsonb
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE INDEX "logs_team_idx" ON "logs" ("team_id", "at");
--> statement-breakpoint
CREATE INDEX "logs_agent_idx" ON "logs" ("agent_id", "at") WHERE "agent_id" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "logs_trace_idx" ON "logs" ("trace_id") WHERE "trace_id" IS NOT NULL;
--> statement-breakpoint
-- Bodies that were stored, by the day of their arrival; today and yesterday are asked.
CREATE TABLE "request_claims" (
  "day" timestamptz NOT NULL,
  "team_id" uuid NOT NULL,
  "hash" bytea NOT NULL,
  PRIMARY KEY ("day", "team_id", "hash")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
-- Series: `stream` is one OTLP stream of one replica, as it is sent and stored; `agent` and `team` are what
-- the roll-ups of streams are kept under. Integer keys, because every point carries one.
CREATE TABLE "series" (
  "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "team_id" uuid NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
  "agent_id" uuid REFERENCES "agents" ("id") ON DELETE CASCADE,
  "scope" text NOT NULL CHECK ("scope" IN ('stream', 'agent', 'team')),
  "identity_hash" bytea NOT NULL,
  "metric" text NOT NULL,
  "unit" text NOT NULL,
  "kind" text NOT NULL,
  "instance" text NOT NULL DEFAULT '',
  "service_name" text NOT NULL DEFAULT '',
  "attributes" jsonb NOT NULL DEFAULT '{}',
  -- Ids of this table; without foreign keys, because they only go when the agent or team does, and then all go.
  "agent_series_id" integer,
  "team_series_id" integer,
  "created_at" timestamptz NOT NULL DEFAULT now(),
  -- The day of its last point, so that streams of replicas long gone stop counting against the limit.
  "last_day" date NOT NULL DEFAULT current_date,
  UNIQUE ("team_id", "identity_hash"),
  CHECK (("scope" = 'team') = ("agent_id" IS NULL)),
  CHECK (("scope" = 'stream') = ("agent_series_id" IS NOT NULL AND "team_series_id" IS NOT NULL))
);
--> statement-breakpoint
CREATE INDEX "series_metric_idx" ON "series" ("team_id", "metric", "scope");
--> statement-breakpoint
CREATE INDEX "series_agent_idx" ON "series" ("agent_id", "metric", "scope");
--> statement-breakpoint
-- Streams that are reported together: one raw row holds one value of each.
CREATE TABLE "metric_sets" (
  "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "team_id" uuid NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
  "agent_id" uuid NOT NULL REFERENCES "agents" ("id") ON DELETE CASCADE,
  "series_ids" integer[] NOT NULL,
  "hash" bytea NOT NULL UNIQUE,
  "created_at" timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE INDEX "metric_sets_agent_idx" ON "metric_sets" ("agent_id");
--> statement-breakpoint
-- One row a report: values[i] belongs to series_ids[i] of the set. `starts` holds one start a value (Unix
-- milliseconds, 0 unknown) where they differ; otherwise `start_at` holds for all, null when unknown.
CREATE TABLE "metric_points" (
  "at" timestamptz NOT NULL,
  "start_at" timestamptz,
  "set_id" integer NOT NULL,
  "values" double precision[] NOT NULL,
  "starts" double precision[]
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE INDEX "metric_points_set_idx" ON "metric_points" ("set_id", "at");
--> statement-breakpoint
CREATE INDEX "metric_points_at_idx" ON "metric_points" USING brin ("at") WITH (pages_per_range = 32, autosummarize = on);
--> statement-breakpoint
CREATE TABLE "metric_histograms" (
  "at" timestamptz NOT NULL,
  "start_at" timestamptz,
  "series_id" integer NOT NULL,
  "count" bigint NOT NULL,
  "sum" double precision NOT NULL,
  "min" double precision,
  "max" double precision,
  "sketch" bytea NOT NULL
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE INDEX "metric_histograms_series_idx" ON "metric_histograms" ("series_id", "at");
--> statement-breakpoint
CREATE INDEX "metric_histograms_at_idx" ON "metric_histograms" USING brin ("at") WITH (pages_per_range = 32, autosummarize = on);
--> statement-breakpoint
-- What the roll-ups of spans are kept under: class `run` (one request of an agent), `model`, `tool` or `step`;
-- agent_id is null for the whole team. Unknown provider or model is the empty string.
CREATE TABLE "operation_series" (
  "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "team_id" uuid NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
  "agent_id" uuid REFERENCES "agents" ("id") ON DELETE CASCADE,
  "class" text NOT NULL CHECK ("class" IN ('run', 'model', 'tool', 'step')),
  "operation" text NOT NULL,
  "provider" text NOT NULL,
  "model" text NOT NULL,
  "created_at" timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT ("team_id", "agent_id", "class", "operation", "provider", "model")
);
--> statement-breakpoint
CREATE INDEX "operation_series_agent_idx" ON "operation_series" ("agent_id");
--> statement-breakpoint
-- Roll-ups, one table a level (seconds). `at` is the start of the window. Rewritten whole when late data
-- arrives, hence the fillfactor of their partitions.
CREATE TABLE "rollup_operations_10" (
  "series_id" integer NOT NULL,
  "at" timestamptz NOT NULL,
  "calls" bigint NOT NULL,
  "errors" bigint NOT NULL,
  "soft_failures" bigint NOT NULL,
  "duration_sum" double precision NOT NULL,
  "duration_min" double precision NOT NULL,
  "duration_max" double precision NOT NULL,
  "input_tokens" bigint NOT NULL,
  "output_tokens" bigint NOT NULL,
  "cache_read_tokens" bigint NOT NULL,
  "cache_write_tokens" bigint NOT NULL,
  "reasoning_tokens" bigint NOT NULL,
  "cost" double precision NOT NULL,
  "unpriced_calls" bigint NOT NULL,
  "durations" bytea NOT NULL,
  PRIMARY KEY ("series_id", "at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE INDEX "rollup_operations_10_at_idx" ON "rollup_operations_10" USING brin ("at") WITH (pages_per_range = 32, autosummarize = on);
--> statement-breakpoint
CREATE TABLE "rollup_operations_60" (LIKE "rollup_operations_10" INCLUDING ALL) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "rollup_operations_3600" (LIKE "rollup_operations_10" INCLUDING ALL) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "rollup_operations_86400" (LIKE "rollup_operations_10" INCLUDING ALL) WITH (fillfactor = 70);
--> statement-breakpoint
CREATE TABLE "rollup_metrics_10" (
  "series_id" integer NOT NULL,
  "at" timestamptz NOT NULL,
  "count" bigint NOT NULL,
  "sum" double precision NOT NULL,
  "min" double precision,
  "max" double precision,
  "last" double precision,
  "sketch" bytea,
  PRIMARY KEY ("series_id", "at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE INDEX "rollup_metrics_10_at_idx" ON "rollup_metrics_10" USING brin ("at") WITH (pages_per_range = 32, autosummarize = on);
--> statement-breakpoint
CREATE TABLE "rollup_metrics_60" (LIKE "rollup_metrics_10" INCLUDING ALL) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "rollup_metrics_3600" (LIKE "rollup_metrics_10" INCLUDING ALL) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "rollup_metrics_86400" (LIKE "rollup_metrics_10" INCLUDING ALL) WITH (fillfactor = 70);
--> statement-breakpoint
-- Windows whose finer rows changed since they were last rolled up; tiny and hot. A flush holds the row lock of
-- its markers until it commits, so a roll-up can't take a marker whose rows it doesn't see. `due_at` is part of
-- the key: new marks of a window that is being rolled up get a row of their own and wait for nobody.
CREATE TABLE "rollup_windows" (
  "level" integer NOT NULL,
  "window_start" timestamptz NOT NULL,
  "team_id" uuid NOT NULL,
  "writer" text NOT NULL,
  "due_at" timestamptz NOT NULL,
  PRIMARY KEY ("level", "window_start", "team_id", "writer", "due_at")
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
--> statement-breakpoint
-- The receiver's book: what each sender had accepted and refused, a row a reason. `outcome` is `accepted`,
-- `duplicate`, `unmapped` or a refusal reason; `detail` is the convention, or what was refused in words.
CREATE TABLE "sender_stats" (
  "team_id" uuid NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
  "day" date NOT NULL,
  "sender" text NOT NULL,
  "signal" text NOT NULL,
  "outcome" text NOT NULL,
  "detail" text NOT NULL DEFAULT '',
  "count" bigint NOT NULL,
  "last_at" timestamptz NOT NULL,
  PRIMARY KEY ("team_id", "day", "sender", "signal", "outcome", "detail")
) WITH (fillfactor = 70);
--> statement-breakpoint
INSERT INTO "partition_rules" ("parent", "grain", "storage", "unique_columns") VALUES
  ('spans', 'day', 'autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05', 'trace_id, span_id, team_id'),
  ('logs', 'day', 'autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05', NULL),
  ('request_claims', 'day', 'autovacuum_vacuum_insert_scale_factor = 0.1', NULL),
  ('metric_points', 'day', 'autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05', NULL),
  ('metric_histograms', 'day', 'autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05', NULL),
  ('rollup_operations_10', 'hour', 'fillfactor = 75, autovacuum_vacuum_insert_scale_factor = 0.05', NULL),
  ('rollup_operations_60', 'day', 'fillfactor = 75, autovacuum_vacuum_insert_scale_factor = 0.05', NULL),
  ('rollup_operations_3600', 'month', 'fillfactor = 75, autovacuum_vacuum_insert_scale_factor = 0.05', NULL),
  ('rollup_metrics_10', 'hour', 'fillfactor = 75, autovacuum_vacuum_insert_scale_factor = 0.05', NULL),
  ('rollup_metrics_60', 'day', 'fillfactor = 75, autovacuum_vacuum_insert_scale_factor = 0.05', NULL),
  ('rollup_metrics_3600', 'month', 'fillfactor = 75, autovacuum_vacuum_insert_scale_factor = 0.05', NULL);
--> statement-breakpoint
-- Makes the partition that holds `moment`; true when it did not exist. Runs as the owner, because the
-- application may not make tables. Attaching (not CREATE .. PARTITION OF) leaves writers undisturbed.
CREATE FUNCTION ensure_partition(parent_name text, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  rule public.partition_rules;
  lower_bound timestamptz;
  child text;
BEGIN
  SELECT * INTO STRICT rule FROM public.partition_rules WHERE parent = parent_name;
  IF moment < now() - interval '15 months' OR moment > now() + interval '40 days' THEN
    RAISE EXCEPTION 'no partition of % for %', parent_name, moment USING ERRCODE = 'datetime_field_overflow';
  END IF;
  lower_bound := date_trunc(rule.grain, moment);
  child := parent_name || '_' ||
    to_char(lower_bound, CASE rule.grain WHEN 'hour' THEN 'YYYYMMDDHH24' WHEN 'day' THEN 'YYYYMMDD' ELSE 'YYYYMM' END);
  IF to_regclass('public.' || child) IS NOT NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('partition ' || parent_name, 0));
  IF to_regclass('public.' || child) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS) WITH (%s)', child, parent_name, rule.storage);
  EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
    parent_name, child, lower_bound, lower_bound + ('1 ' || rule.grain)::interval);
  IF rule.unique_columns IS NOT NULL THEN
    EXECUTE format('CREATE UNIQUE INDEX %I ON public.%I (%s)', child || '_key', child, rule.unique_columns);
  END IF;
  RETURN true;
END
$$;
--> statement-breakpoint
-- Drops the oldest partition that ends at or before `before`, and names it; null when there is none. One a call,
-- so that the lock on the parent is held for one short transaction; gives up after two seconds of waiting for it.
CREATE FUNCTION drop_expired_partition(parent_name text, before timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  rule public.partition_rules;
  child text;
BEGIN
  SELECT * INTO STRICT rule FROM public.partition_rules WHERE parent = parent_name;
  SELECT c.relname INTO child
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = ('public.' || quote_ident(parent_name))::regclass
    AND to_timestamp(substr(c.relname, length(parent_name) + 2),
          CASE rule.grain WHEN 'hour' THEN 'YYYYMMDDHH24' WHEN 'day' THEN 'YYYYMMDD' ELSE 'YYYYMM' END)
        + ('1 ' || rule.grain)::interval <= before
  ORDER BY c.relname LIMIT 1;
  IF child IS NOT NULL THEN
    EXECUTE format('DROP TABLE public.%I', child);
  END IF;
  RETURN child;
END
$$;
--> statement-breakpoint
-- Only the application's role (where it is another than the owner's) may ask for partitions.
DO $$
DECLARE
  app_role text := current_setting('pitwall.app_role', true);
BEGIN
  REVOKE EXECUTE ON FUNCTION ensure_partition(text, timestamptz), drop_expired_partition(text, timestamptz) FROM PUBLIC;
  IF app_role <> '' THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION ensure_partition(text, timestamptz), drop_expired_partition(text, timestamptz) TO %I', app_role);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON partition_rules FROM %I', app_role);
  END IF;
END
$$;
