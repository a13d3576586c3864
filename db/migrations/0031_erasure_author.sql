ALTER TABLE "content_erasures" DROP CONSTRAINT "content_erasures_status_known";--> statement-breakpoint
DROP INDEX "content_erasures_open_idx";--> statement-breakpoint
ALTER TABLE "content_erasures" ADD COLUMN "requested_by_id" uuid;--> statement-breakpoint
CREATE INDEX "content_erasures_open_idx" ON "content_erasures" USING btree ("due_at") WHERE "content_erasures"."status" not in ('done', 'stopped');--> statement-breakpoint
ALTER TABLE "content_erasures" ADD CONSTRAINT "content_erasures_status_known" CHECK ("content_erasures"."status" in ('waiting', 'running', 'watching', 'done', 'stopped'));--> statement-breakpoint
UPDATE "content_erasures" e SET "requested_by_id" = u."id" FROM "users" u WHERE u."email" = e."requested_by" AND e."status" <> 'done';
