CREATE TABLE "scaling_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"policy_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"result" text NOT NULL,
	"hold" text,
	"from_replicas" integer,
	"to_replicas" integer,
	"words" text NOT NULL,
	"load" double precision,
	"cost_per_hour" double precision,
	"is_dry_run" boolean NOT NULL,
	"policy_version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scaling_policies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"cluster_id" uuid,
	"namespace" text,
	"workload_name" text,
	"is_dry_run" boolean DEFAULT true NOT NULL,
	"rule" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"held_cluster_id" uuid,
	"held_namespace" text,
	"held_workload" text,
	"recent" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"state" jsonb,
	"acting_id" uuid,
	"last_scaled_at" timestamp with time zone,
	"lease_owner" text,
	"lease_version" bigint DEFAULT 0 NOT NULL,
	"lease_expires_at" timestamp with time zone,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "scaling_policies_workload_whole" CHECK (num_nulls("scaling_policies"."cluster_id", "scaling_policies"."namespace", "scaling_policies"."workload_name") in (0, 3))
);
--> statement-breakpoint
ALTER TABLE "scaling_decisions" ADD CONSTRAINT "scaling_decisions_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scaling_decisions" ADD CONSTRAINT "scaling_decisions_policy_id_scaling_policies_id_fk" FOREIGN KEY ("policy_id") REFERENCES "public"."scaling_policies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scaling_policies" ADD CONSTRAINT "scaling_policies_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scaling_policies" ADD CONSTRAINT "scaling_policies_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "scaling_decisions_policy_idx" ON "scaling_decisions" USING btree ("policy_id","id");--> statement-breakpoint
CREATE INDEX "scaling_decisions_team_idx" ON "scaling_decisions" USING btree ("team_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "scaling_policies_agent_key" ON "scaling_policies" USING btree ("agent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "scaling_policies_held_key" ON "scaling_policies" USING btree ("held_cluster_id","held_namespace","held_workload");--> statement-breakpoint
CREATE INDEX "scaling_policies_team_idx" ON "scaling_policies" USING btree ("team_id","id");--> statement-breakpoint
CREATE INDEX "scaling_policies_due_idx" ON "scaling_policies" USING btree ("next_at");