ALTER TABLE "alert_settings" ADD COLUMN "mute_signature" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "alert_group_members" ADD COLUMN "retell_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alert_group_members" ADD COLUMN "retell" jsonb;--> statement-breakpoint
ALTER TABLE "alert_groups" ADD COLUMN "flushes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "alert_routes" ADD COLUMN "is_default" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_routes_default_key" ON "alert_routes" USING btree ("team_id") WHERE "alert_routes"."is_default";