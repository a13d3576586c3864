ALTER TABLE "content_erasures" DROP CONSTRAINT "content_erasures_status_known";--> statement-breakpoint
DROP INDEX "content_erasures_open_idx";--> statement-breakpoint
ALTER TABLE "content_erasures" ADD COLUMN "due_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "content_erasures_open_idx" ON "content_erasures" USING btree ("due_at") WHERE "content_erasures"."status" <> 'done';--> statement-breakpoint
ALTER TABLE "content_erasures" ADD CONSTRAINT "content_erasures_status_known" CHECK ("content_erasures"."status" in ('waiting', 'running', 'watching', 'done'));