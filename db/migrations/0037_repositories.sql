CREATE TABLE "repositories" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"host_url" text NOT NULL,
	"full_name" text NOT NULL,
	"credential_kind" text NOT NULL,
	"app_id" bigint,
	"installation_id" bigint,
	"sealed_credential" text NOT NULL,
	"sealed_secret" text NOT NULL,
	"sealed_former_secret" text,
	"former_secret_until" timestamp with time zone,
	"allowed" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "repositories_credential_known" CHECK ("repositories"."credential_kind" in ('app', 'token'))
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"repository_id" uuid NOT NULL,
	"delivery_guid" text NOT NULL,
	"body_key" text,
	"hook_id" text,
	"event" text NOT NULL,
	"action" text,
	"facts" jsonb NOT NULL,
	"result" text DEFAULT 'received' NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"rule" jsonb,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "repositories_name_key" ON "repositories" USING btree ("team_id","host_url",lower("full_name"));--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_guid_key" ON "webhook_deliveries" USING btree ("repository_id","delivery_guid");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_body_key" ON "webhook_deliveries" USING btree ("repository_id","body_key");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_recent_idx" ON "webhook_deliveries" USING btree ("repository_id","received_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_waiting_idx" ON "webhook_deliveries" USING btree ("received_at") WHERE "webhook_deliveries"."result" = 'received';