CREATE TABLE "host_deployments" (
	"deployment_id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"repository_id" uuid NOT NULL,
	"sha" text NOT NULL,
	"environment" text NOT NULL,
	"is_production" boolean NOT NULL,
	"host_id" bigint,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "host_statuses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "host_statuses_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"state" text NOT NULL,
	"description" text NOT NULL,
	"outcome" text DEFAULT 'queued' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_token" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "limited_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "check_requested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "checked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "check_error" text;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "reconciled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "host_deployments" ADD CONSTRAINT "host_deployments_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_deployments" ADD CONSTRAINT "host_deployments_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_statuses" ADD CONSTRAINT "host_statuses_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_statuses" ADD CONSTRAINT "host_statuses_deployment_id_host_deployments_deployment_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."host_deployments"("deployment_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "host_deployments_environment_idx" ON "host_deployments" USING btree ("repository_id","environment");--> statement-breakpoint
CREATE INDEX "host_statuses_order_idx" ON "host_statuses" USING btree ("deployment_id","seq");--> statement-breakpoint
CREATE INDEX "host_statuses_waiting_idx" ON "host_statuses" USING btree ("next_attempt_at") WHERE "host_statuses"."outcome" = 'queued';