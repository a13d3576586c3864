ALTER TABLE "escalations" ADD COLUMN "waits_for" text DEFAULT 'delay' NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "entered" text;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "reached" boolean DEFAULT false NOT NULL;