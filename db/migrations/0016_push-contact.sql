-- Whoever has a device that takes push can be reached by it; one contact method stands for all devices.
CREATE FUNCTION keep_push_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO contact_methods (id, user_id, kind, name, address)
    VALUES (gen_random_uuid(), NEW.user_id, 'push', 'Push', '')
    ON CONFLICT (user_id, kind, address) DO NOTHING;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER push_subscriptions_contact AFTER INSERT OR UPDATE OF user_id ON push_subscriptions
  FOR EACH ROW EXECUTE FUNCTION keep_push_contact();
--> statement-breakpoint
INSERT INTO contact_methods (id, user_id, kind, name, address)
  SELECT DISTINCT ON (user_id) gen_random_uuid(), user_id, 'push', 'Push', '' FROM push_subscriptions
  ON CONFLICT (user_id, kind, address) DO NOTHING;
