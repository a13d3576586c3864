ALTER TABLE "deployment_policies" ADD COLUMN "updated_by_name" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "approvers_told_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "freeze_windows" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "deployments_unasked_idx" ON "deployments" USING btree ("id") WHERE "deployments"."status" = 'awaiting_approval' and "deployments"."approvers_told_at" is null;