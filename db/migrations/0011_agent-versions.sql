CREATE TABLE "agent_version_changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"from_version" text NOT NULL,
	"to_version" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_version_changes_change" CHECK ("agent_version_changes"."from_version" <> "agent_version_changes"."to_version")
);
--> statement-breakpoint
ALTER TABLE "agent_version_changes" ADD CONSTRAINT "agent_version_changes_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_version_changes" ADD CONSTRAINT "agent_version_changes_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_version_changes_agent_idx" ON "agent_version_changes" USING btree ("agent_id","at");