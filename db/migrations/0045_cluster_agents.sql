CREATE TABLE "cluster_agents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"cluster_id" uuid NOT NULL,
	"namespace" text NOT NULL,
	"source_group" text NOT NULL,
	"source_kind" text NOT NULL,
	"name" text NOT NULL,
	"uid" text NOT NULL,
	"incarnation" integer DEFAULT 1 NOT NULL,
	"workload_kind" text,
	"workload_name" text,
	"container" text,
	"facts" jsonb NOT NULL,
	"presence" text DEFAULT 'present' NOT NULL,
	"missing_since" timestamp with time zone,
	"archived_at" timestamp with time zone,
	"agent_id" uuid,
	"adopted_at" timestamp with time zone,
	"released_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cluster_agents_presence_known" CHECK (presence in ('present', 'missing', 'archived')),
	CONSTRAINT "cluster_agents_workload_whole" CHECK (("cluster_agents"."workload_kind" is null) = ("cluster_agents"."workload_name" is null))
);
--> statement-breakpoint
ALTER TABLE "clusters" ADD COLUMN "watch_owner" text;--> statement-breakpoint
ALTER TABLE "clusters" ADD COLUMN "watch_lease_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "clusters" ADD COLUMN "watches" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "clusters" ADD COLUMN "watch_stale_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "clusters" ADD COLUMN "watch_problem" text;--> statement-breakpoint
ALTER TABLE "clusters" ADD COLUMN "auto_adopt_namespaces" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cluster_agents" ADD CONSTRAINT "cluster_agents_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cluster_agents" ADD CONSTRAINT "cluster_agents_cluster_id_clusters_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."clusters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cluster_agents" ADD CONSTRAINT "cluster_agents_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "cluster_agents_identity_key" ON "cluster_agents" USING btree ("cluster_id","namespace","source_group","source_kind","name");--> statement-breakpoint
CREATE INDEX "cluster_agents_team_idx" ON "cluster_agents" USING btree ("team_id","id");--> statement-breakpoint
CREATE INDEX "cluster_agents_agent_idx" ON "cluster_agents" USING btree ("agent_id");--> statement-breakpoint
CREATE INDEX "cluster_agents_unclaimed_idx" ON "cluster_agents" USING btree ("cluster_id","namespace") WHERE "cluster_agents"."agent_id" is null;