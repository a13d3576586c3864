-- The address of the account is a way to reach everybody, without anybody setting it up; it follows the account.
CREATE FUNCTION keep_account_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM contact_methods WHERE user_id = NEW.id AND kind = 'email' AND address = NEW.email;
    UPDATE contact_methods SET address = NEW.email
      WHERE user_id = NEW.id AND kind = 'email' AND address = OLD.email;
  END IF;
  INSERT INTO contact_methods (id, user_id, kind, name, address)
    VALUES (gen_random_uuid(), NEW.id, 'email', 'E-mail', NEW.email)
    ON CONFLICT (user_id, kind, address) DO NOTHING;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER users_account_contact AFTER INSERT ON users
  FOR EACH ROW EXECUTE FUNCTION keep_account_contact();
--> statement-breakpoint
CREATE TRIGGER users_account_contact_change AFTER UPDATE OF email ON users
  FOR EACH ROW WHEN (OLD.email <> NEW.email) EXECUTE FUNCTION keep_account_contact();
--> statement-breakpoint
INSERT INTO contact_methods (id, user_id, kind, name, address)
  SELECT gen_random_uuid(), id, 'email', 'E-mail', email FROM users
  ON CONFLICT (user_id, kind, address) DO NOTHING;
