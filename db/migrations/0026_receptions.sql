CREATE TABLE "receptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"from_at" timestamp with time zone NOT NULL,
	"to_at" timestamp with time zone NOT NULL,
	CONSTRAINT "receptions_range" CHECK ("receptions"."to_at" >= "receptions"."from_at")
);
--> statement-breakpoint
CREATE INDEX "receptions_to_idx" ON "receptions" USING btree ("to_at");--> statement-breakpoint
-- What is known of the time before: telemetry was taken until an agent was last heard.
INSERT INTO "receptions" ("id", "from_at", "to_at")
SELECT gen_random_uuid(), least(min("created_at"), max("last_telemetry_at")), max("last_telemetry_at")
FROM "agents" HAVING max("last_telemetry_at") <= now();
