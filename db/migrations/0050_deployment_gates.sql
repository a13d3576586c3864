CREATE TABLE "deployment_gate_looks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"look" integer NOT NULL,
	"verdict" text NOT NULL,
	"reason" text NOT NULL,
	"judgement" jsonb,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "deployment_gate_looks_verdict_known" CHECK (verdict in ('pass', 'fail', 'inconclusive', 'error'))
);
--> statement-breakpoint
ALTER TABLE "deployment_policies" ADD COLUMN "gate" jsonb;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "gate" jsonb;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "rolled_out_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "gate_started_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "gate_baseline" text;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "gate_held_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "gate_let_through_by" text;--> statement-breakpoint
ALTER TABLE "deployment_gate_looks" ADD CONSTRAINT "deployment_gate_looks_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployment_gate_looks" ADD CONSTRAINT "deployment_gate_looks_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "deployment_gate_looks_key" ON "deployment_gate_looks" USING btree ("deployment_id","look");