CREATE TABLE "clusters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"name" text NOT NULL,
	"access_from" text NOT NULL,
	"context" text,
	"server" text,
	"ca" text,
	"skip_tls_verify" boolean DEFAULT false NOT NULL,
	"tls_server_name" text,
	"sealed_user" text,
	"namespaces" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"last_contact_at" timestamp with time zone,
	"last_error" text,
	"check_requested_at" timestamp with time zone,
	"check_lease_until" timestamp with time zone,
	"checked_at" timestamp with time zone,
	"access" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "clusters_access_from_known" CHECK ("clusters"."access_from" in ('in-cluster', 'kubeconfig', 'given')),
	CONSTRAINT "clusters_given" CHECK (("clusters"."access_from" = 'given') = ("clusters"."server" is not null and "clusters"."sealed_user" is not null)),
	CONSTRAINT "clusters_namespaces_some" CHECK (jsonb_array_length("clusters"."namespaces") > 0)
);
--> statement-breakpoint
ALTER TABLE "clusters" ADD CONSTRAINT "clusters_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "clusters_name_idx" ON "clusters" USING btree ("team_id","name");--> statement-breakpoint
CREATE INDEX "clusters_checks_idx" ON "clusters" USING btree ("check_requested_at") WHERE "clusters"."check_requested_at" is not null;