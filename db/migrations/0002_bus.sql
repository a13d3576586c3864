-- The embedded event bus and the claims of live tokens. All of it may vanish in a crash: unlogged.
CREATE UNLOGGED TABLE "bus_nodes" (
  "id" uuid PRIMARY KEY,
  -- Address for live channels; null while the process only publishes.
  "host" text,
  "port" integer,
  "publishes" boolean NOT NULL DEFAULT false,
  "heartbeat_at" timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
-- Payloads that do not fit into a NOTIFY; kept for a minute.
CREATE UNLOGGED TABLE "bus_messages" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "payload" text NOT NULL,
  "created_at" timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE INDEX "bus_messages_created_idx" ON "bus_messages" ("created_at");
--> statement-breakpoint
-- Ids of live tokens that were used, where no Redis remembers them (security K2).
CREATE UNLOGGED TABLE "live_token_claims" (
  "jti" text PRIMARY KEY,
  "expires_at" timestamptz NOT NULL
);
--> statement-breakpoint
CREATE INDEX "live_token_claims_expires_idx" ON "live_token_claims" ("expires_at");
