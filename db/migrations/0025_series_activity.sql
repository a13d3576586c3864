-- Streams count against the limits of their agent and team while they are in use. `last_seen_at` is noted every
-- few minutes; `is_idle` is set by maintenance an hour later, so that the index of what is counted holds no more
-- than that, however many replicas came and went since.
ALTER TABLE "series" ADD COLUMN "last_seen_at" timestamptz NOT NULL DEFAULT now();
--> statement-breakpoint
ALTER TABLE "series" ADD COLUMN "is_idle" boolean NOT NULL DEFAULT false;
--> statement-breakpoint
UPDATE "series"
SET "last_seen_at" = least(now(), ("last_day" + 1)::timestamp AT TIME ZONE 'UTC'), "is_idle" = "last_day" < current_date - 1
WHERE "scope" = 'stream';
--> statement-breakpoint
ALTER TABLE "series" DROP COLUMN "last_day";
--> statement-breakpoint
-- Room for the notes beside the rows: an update that touches no index stays on its page.
ALTER TABLE "series" SET (fillfactor = 80);
--> statement-breakpoint
CREATE INDEX "series_active_idx" ON "series" ("team_id", "agent_id") WHERE "scope" = 'stream' AND NOT "is_idle";
