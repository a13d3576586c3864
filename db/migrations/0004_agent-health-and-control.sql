ALTER TABLE "agent_transitions" ADD COLUMN "announced_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "desired_by" jsonb;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "control_request_id" uuid;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "control_attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "control_sent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "control_accepted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "health" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "agent_transitions_unannounced_idx" ON "agent_transitions" USING btree ("id") WHERE "agent_transitions"."announced_at" is null;--> statement-breakpoint
CREATE INDEX "agents_desired_idx" ON "agents" USING btree ("desired_since") WHERE "agents"."desired_state" is not null;