DROP INDEX "scim_groups_name_key";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "issuer" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "issuer_session_id" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "provisioned_issuer" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "claimed_groups" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "identity_providers" ADD COLUMN "signs_out_there" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "identity_providers" ADD COLUMN "last_test" jsonb;--> statement-breakpoint
ALTER TABLE "scim_groups" ADD COLUMN "issuer" text NOT NULL;--> statement-breakpoint
ALTER TABLE "scim_tokens" ADD COLUMN "issuer" text NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "users_provisioned_key" ON "users" USING btree ("provisioned_issuer","scim_external_id");--> statement-breakpoint
CREATE UNIQUE INDEX "scim_groups_name_key" ON "scim_groups" USING btree ("issuer",lower("display_name"));