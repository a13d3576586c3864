DROP INDEX "notifications_cause_key";--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "destination" text NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "finish_reason" text;--> statement-breakpoint
CREATE INDEX "notifications_destination_idx" ON "notifications" USING btree ("destination","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_cause_key" ON "notifications" USING btree ("team_id","cause","destination");