CREATE TABLE "deploy_triggers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"repository_id" uuid NOT NULL,
	"event" text NOT NULL,
	"ref" text NOT NULL,
	"workflow" text,
	"agent_id" uuid NOT NULL,
	"cluster_id" uuid NOT NULL,
	"namespace" text NOT NULL,
	"workload" text NOT NULL,
	"container" text NOT NULL,
	"image" text NOT NULL,
	"tag" text NOT NULL,
	"build" jsonb,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"owner_id" uuid NOT NULL,
	"owner_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trigger_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"trigger_id" uuid NOT NULL,
	"delivery_id" uuid,
	"idempotency_key" text NOT NULL,
	"ref" text NOT NULL,
	"sha" text,
	"requested_by" jsonb NOT NULL,
	"requested_by_name" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"message" text DEFAULT '' NOT NULL,
	"dispatched_at" timestamp with time zone,
	"host_run_id" bigint,
	"deployment_id" uuid,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "host_run_id" bigint;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "source_facts" jsonb;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "source_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deploy_triggers" ADD CONSTRAINT "deploy_triggers_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deploy_triggers" ADD CONSTRAINT "deploy_triggers_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deploy_triggers" ADD CONSTRAINT "deploy_triggers_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deploy_triggers" ADD CONSTRAINT "deploy_triggers_cluster_id_clusters_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."clusters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger_runs" ADD CONSTRAINT "trigger_runs_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger_runs" ADD CONSTRAINT "trigger_runs_trigger_id_deploy_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."deploy_triggers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deploy_triggers_repository_idx" ON "deploy_triggers" USING btree ("repository_id","event");--> statement-breakpoint
CREATE UNIQUE INDEX "trigger_runs_key" ON "trigger_runs" USING btree ("trigger_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "trigger_runs_recent_idx" ON "trigger_runs" USING btree ("trigger_id","id");--> statement-breakpoint
CREATE INDEX "trigger_runs_due_idx" ON "trigger_runs" USING btree ("next_at") WHERE "trigger_runs"."status" in ('waiting', 'building');--> statement-breakpoint
CREATE INDEX "deployments_source_due_idx" ON "deployments" USING btree ("source_due_at") WHERE "deployments"."source_due_at" is not null;