CREATE TABLE "deployment_previews" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"plan" jsonb NOT NULL,
	"payload_hash" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"message" text,
	"resource_version" text,
	"changes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"conflicts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"lease_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deployment_previews" ADD CONSTRAINT "deployment_previews_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deployment_previews_waiting_idx" ON "deployment_previews" USING btree ("created_at") WHERE "deployment_previews"."status" = 'waiting';--> statement-breakpoint
CREATE INDEX "deployment_previews_expires_idx" ON "deployment_previews" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "deployments_queued_idx" ON "deployments" USING btree ("id") WHERE "deployments"."is_queued";