ALTER TABLE "api_keys" ADD COLUMN "end_told_days" integer;--> statement-breakpoint
ALTER TABLE "scim_tokens" ADD COLUMN "end_told_days" integer;