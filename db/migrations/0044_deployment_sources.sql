ALTER TABLE "deployments" ADD COLUMN "repository_id" uuid;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "sha" text;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "host_told_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "deployments_untold_idx" ON "deployments" USING btree ("id") WHERE "deployments"."repository_id" is not null and "deployments"."seq" > "deployments"."host_told_seq";--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_source_whole" CHECK (("deployments"."repository_id" is null) = ("deployments"."sha" is null));