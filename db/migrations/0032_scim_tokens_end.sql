UPDATE "scim_tokens" SET "expires_at" = now() + interval '90 days' WHERE "expires_at" IS NULL;--> statement-breakpoint
ALTER TABLE "scim_tokens" ALTER COLUMN "expires_at" SET NOT NULL;