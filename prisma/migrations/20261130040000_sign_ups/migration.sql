-- AlterTable
ALTER TABLE "one_time_tokens" ADD COLUMN     "sign_up_id" UUID;

-- CreateTable
CREATE TABLE "sign_ups" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "mailed_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "sign_ups_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "notifications" ADD COLUMN     "claimed_at" TIMESTAMPTZ(3),
ADD COLUMN     "sign_up_id" UUID;

-- CreateIndex
CREATE INDEX "sign_ups_user_id_idx" ON "sign_ups"("user_id");

-- CreateIndex
CREATE INDEX "notifications_sign_up_id_idx" ON "notifications"("sign_up_id");

-- CreateIndex
CREATE INDEX "one_time_tokens_sign_up_id_idx" ON "one_time_tokens"("sign_up_id");

-- AddForeignKey
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_sign_up_id_fkey" FOREIGN KEY ("sign_up_id") REFERENCES "sign_ups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_ups" ADD CONSTRAINT "sign_ups_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_sign_up_id_fkey" FOREIGN KEY ("sign_up_id") REFERENCES "sign_ups"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand from here.
ALTER TABLE sign_ups ADD CONSTRAINT sign_ups_tries CHECK (tries BETWEEN 0 AND 5);
-- What an address was mailed lately.
CREATE INDEX notifications_claimed ON notifications (user_id, claimed_at) WHERE claimed_at IS NOT NULL;

-- No mail reaches addresses in .test, so the demo's accounts could not be confirmed.
UPDATE users SET email_verified_at = created_at WHERE email_verified_at IS NULL AND email LIKE '%@demo.test';

-- Accounts from before keep their password, and confirm their address at the next sign-in.
INSERT INTO sign_ups (user_id, name, timezone, password_hash)
  SELECT u.id, u.name, coalesce(p.timezone, 'Asia/Kolkata'), u.password_hash
    FROM users u LEFT JOIN profiles p ON p.user_id = u.id WHERE u.email_verified_at IS NULL;
UPDATE sessions s SET revoked_at = app_now() FROM users u
 WHERE u.id = s.user_id AND u.email_verified_at IS NULL AND s.revoked_at IS NULL;

-- Nobody is signed in whose address is not confirmed: it may be another person's.
CREATE FUNCTION sessions_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM users WHERE id = NEW.user_id AND email_verified_at IS NULL) THEN
    RAISE EXCEPTION 'user % has not confirmed the address', NEW.user_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_confirmed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sessions_confirmed BEFORE INSERT OR UPDATE OF user_id ON sessions
  FOR EACH ROW EXECUTE FUNCTION sessions_confirmed();
