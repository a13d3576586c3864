ALTER TABLE "alert_instances" ADD COLUMN "threshold" double precision;--> statement-breakpoint
-- Values in messages have their units now: the starter rule, where nobody changed it, names its own no more.
UPDATE "alert_rules" SET "definition" = jsonb_set("definition", '{message}', '"{{ value }}, {{ severity }} from {{ threshold }} on."')
	WHERE "definition" ->> 'message' = '{{ value }} US dollars a minute, {{ severity }} from {{ threshold }} on.';
