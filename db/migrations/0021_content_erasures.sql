CREATE TABLE "content_erasures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"criterion" text,
	"label" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"requested_by" text NOT NULL,
	"position" timestamp with time zone,
	"start_at" timestamp with time zone,
	"end_at" timestamp with time zone NOT NULL,
	"spans" bigint DEFAULT 0 NOT NULL,
	"logs" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "content_erasures_kind_known" CHECK ("content_erasures"."kind" in ('agent', 'conversation', 'user')),
	CONSTRAINT "content_erasures_status_known" CHECK ("content_erasures"."status" in ('waiting', 'running', 'done'))
);
--> statement-breakpoint
ALTER TABLE "content_erasures" ADD CONSTRAINT "content_erasures_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "content_erasures_open_idx" ON "content_erasures" USING btree ("created_at") WHERE "content_erasures"."status" <> 'done';--> statement-breakpoint
CREATE INDEX "content_erasures_team_idx" ON "content_erasures" USING btree ("team_id","created_at");