-- Nobody books a doctor whose account is suspended, or who is no doctor any more. The word on it stands
-- beside the doctor, so that search asks no second table; triggers keep it, whoever writes.
ALTER TABLE "doctors" ADD COLUMN     "account_active" BOOLEAN NOT NULL DEFAULT true;

-- By hand from here.
-- FOR SHARE: a suspension under way is waited for, or it would miss the row that is being written.
CREATE FUNCTION account_is_doctor(account uuid) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT u.status = 'ACTIVE' AND u.role = 'doctor' FROM users u WHERE u.id = account FOR SHARE
$$;

CREATE FUNCTION doctors_account_active() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Of an account that does not exist the foreign key tells.
  NEW.account_active := coalesce(account_is_doctor(NEW.user_id), false);
  RETURN NEW;
END $$;
CREATE TRIGGER doctors_account_active BEFORE INSERT OR UPDATE OF user_id, account_active ON doctors
  FOR EACH ROW EXECUTE FUNCTION doctors_account_active();

-- What it is set to, the trigger above finds out.
CREATE FUNCTION users_tell_doctor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE doctors SET account_active = true WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER users_tell_doctor AFTER UPDATE OF status, role ON users
  FOR EACH ROW WHEN ((OLD.status, OLD.role) IS DISTINCT FROM (NEW.status, NEW.role))
  EXECUTE FUNCTION users_tell_doctor();

UPDATE doctors SET account_active = true;

CREATE OR REPLACE FUNCTION doctor_is_bookable(d doctors) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT d.status = 'APPROVED' AND d.account_active AND d.registration_expires_on >= app_now()::date
$$;
