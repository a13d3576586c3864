-- Traces with spans that lack the ancestor that names their agent: exporters send children first. Written in the
-- transaction of such a span, so that whoever stops or dies, a worker finds the owner once the ancestor is there.
CREATE TABLE "waiting_traces" (
  "team_id" uuid NOT NULL,
  "trace_id" bytea NOT NULL,
  "since" timestamptz NOT NULL,
  "next_at" timestamptz NOT NULL,
  PRIMARY KEY ("team_id", "trace_id")
);
--> statement-breakpoint
CREATE INDEX "waiting_traces_next_idx" ON "waiting_traces" ("next_at");
