CREATE TABLE "deployment_approvals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"user_name" text NOT NULL,
	"decision" text NOT NULL,
	"comment" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deployment_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"from_status" text,
	"to_status" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"code" text NOT NULL,
	"message" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deployment_policies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"environment" text NOT NULL,
	"approvals_needed" integer NOT NULL,
	"approver_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"approval_minutes" integer NOT NULL,
	"auto_rollback" boolean NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deployment_policies_approvals_range" CHECK ("deployment_policies"."approvals_needed" between 0 and 10)
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"agent_id" uuid,
	"agent_name" text NOT NULL,
	"environment" text NOT NULL,
	"cluster_id" uuid NOT NULL,
	"cluster_name" text NOT NULL,
	"namespace" text NOT NULL,
	"workload_kind" text NOT NULL,
	"workload_name" text NOT NULL,
	"kind" text NOT NULL,
	"container" text NOT NULL,
	"image" text NOT NULL,
	"version" text NOT NULL,
	"digest" text,
	"git_ref" text,
	"change_cause" text DEFAULT '' NOT NULL,
	"manifest" jsonb,
	"previous_manifest" jsonb,
	"restored_manifest" jsonb,
	"expected_resource_version" text,
	"idempotency_key" text,
	"payload_hash" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"seq" bigint DEFAULT 1 NOT NULL,
	"is_queued" boolean DEFAULT false NOT NULL,
	"is_paused" boolean DEFAULT false NOT NULL,
	"pause_wanted" boolean,
	"paused_at" timestamp with time zone,
	"cancel_mode" text,
	"resume_first" boolean DEFAULT false NOT NULL,
	"force_managers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"conflicts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"progress" jsonb,
	"template_hash" text,
	"troubles" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"unreachable_since" timestamp with time zone,
	"failure_code" text,
	"failure_message" text,
	"auto_rollback" boolean DEFAULT false NOT NULL,
	"target_deployment_id" uuid,
	"restores_deployment_id" uuid,
	"restores_revision" integer,
	"approvals_needed" integer DEFAULT 0 NOT NULL,
	"approver_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"approved_at" timestamp with time zone,
	"approval_expires_at" timestamp with time zone,
	"apply_deadline_at" timestamp with time zone,
	"rollout_deadline_at" timestamp with time zone,
	"lease_owner" text,
	"lease_version" bigint DEFAULT 0 NOT NULL,
	"lease_expires_at" timestamp with time zone,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"requested_by" jsonb,
	"requested_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "deployments_status_known" CHECK (status in ('pending', 'awaiting_approval', 'in_progress', 'completed', 'failed', 'cancelled', 'superseded', 'rolled_back')),
	CONSTRAINT "deployments_kind_known" CHECK (kind in ('deploy', 'rollback')),
	CONSTRAINT "deployments_workload_kind_known" CHECK (workload_kind in ('Deployment')),
	CONSTRAINT "deployments_rollback_never_chains" CHECK ("deployments"."kind" <> 'rollback' or not "deployments"."auto_rollback"),
	CONSTRAINT "deployments_pause_in_progress" CHECK (not "deployments"."is_paused" or "deployments"."started_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "freeze_windows" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"name" text NOT NULL,
	"environment" text NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "freeze_windows_order" CHECK ("freeze_windows"."ends_at" > "freeze_windows"."starts_at")
);
--> statement-breakpoint
ALTER TABLE "deployment_approvals" ADD CONSTRAINT "deployment_approvals_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployment_approvals" ADD CONSTRAINT "deployment_approvals_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployment_events" ADD CONSTRAINT "deployment_events_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployment_events" ADD CONSTRAINT "deployment_events_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployment_policies" ADD CONSTRAINT "deployment_policies_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "freeze_windows" ADD CONSTRAINT "freeze_windows_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "deployment_approvals_person_key" ON "deployment_approvals" USING btree ("deployment_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "deployment_events_seq_key" ON "deployment_events" USING btree ("deployment_id","seq");--> statement-breakpoint
CREATE INDEX "deployment_events_team_idx" ON "deployment_events" USING btree ("team_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "deployment_policies_environment_key" ON "deployment_policies" USING btree ("team_id","environment");--> statement-breakpoint
CREATE UNIQUE INDEX "deployments_active_key" ON "deployments" USING btree ("cluster_id","namespace","workload_kind","workload_name") WHERE status in ('pending', 'awaiting_approval', 'in_progress') and not is_queued;--> statement-breakpoint
CREATE UNIQUE INDEX "deployments_idempotency_key" ON "deployments" USING btree ("team_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "deployments_agent_idx" ON "deployments" USING btree ("agent_id","id");--> statement-breakpoint
CREATE INDEX "deployments_team_idx" ON "deployments" USING btree ("team_id","id");--> statement-breakpoint
CREATE INDEX "deployments_workload_idx" ON "deployments" USING btree ("cluster_id","namespace","workload_name","id");--> statement-breakpoint
CREATE INDEX "deployments_target_idx" ON "deployments" USING btree ("target_deployment_id");--> statement-breakpoint
CREATE INDEX "deployments_due_idx" ON "deployments" USING btree ("next_at") WHERE status in ('pending', 'awaiting_approval', 'in_progress');--> statement-breakpoint
CREATE INDEX "freeze_windows_team_idx" ON "freeze_windows" USING btree ("team_id","ends_at");