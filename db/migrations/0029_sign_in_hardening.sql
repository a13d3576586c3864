DROP INDEX "group_mappings_key";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "proved_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "disabled_by" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "claimed_issuer" text;--> statement-breakpoint
ALTER TABLE "group_mappings" ADD COLUMN "issuer" text;--> statement-breakpoint
ALTER TABLE "identity_providers" ADD COLUMN "trusts_addresses" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "scim_tokens" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "group_mappings_key" ON "group_mappings" USING btree ("group_name",coalesce("issuer", ''),coalesce("team_id", '00000000-0000-0000-0000-000000000000'));--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_disabled_by_known" CHECK ("users"."disabled_by" in ('admin', 'directory'));