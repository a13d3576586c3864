CREATE TABLE "registries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"host" text NOT NULL,
	"username" text DEFAULT '' NOT NULL,
	"sealed_secret" text,
	"ca" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deployment_previews" ADD COLUMN "digest" text;--> statement-breakpoint
ALTER TABLE "deployment_previews" ADD COLUMN "platform_digests" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "resolves_tag" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "resolve_deadline_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "platform_digests" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "running" jsonb;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "running_checked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "registries" ADD CONSTRAINT "registries_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "registries_host_key" ON "registries" USING btree ("team_id","host");