import { IconPhone } from "@tabler/icons-react";
import classes from "./Footer.module.css";
import { TextLink } from "./LinkButton";
import { Logo } from "./Logo";

/** The footer of every page: links and the emergency number. */
export function Footer() {
  return (
    <footer className={classes.footer}>
      <div className={classes.inner}>
        <div className={classes.about}>
          <Logo inverse />
          <p>Consultations with registered doctors, from wherever you are.</p>
        </div>
        <nav aria-label="Footer" className={classes.links}>
          <TextLink href="/doctors" c="inherit" underline="hover">
            Find a doctor
          </TextLink>
          <TextLink href="/#how-it-works" c="inherit" underline="hover">
            How it works
          </TextLink>
          <TextLink href="/help" c="inherit" underline="hover">
            Help
          </TextLink>
          <TextLink href="/contact" c="inherit" underline="hover">
            Contact
          </TextLink>
        </nav>
        <nav aria-label="Legal and technical" className={classes.links}>
          <TextLink href="/privacy" c="inherit" underline="hover">
            Privacy
          </TextLink>
          <TextLink href="/terms" c="inherit" underline="hover">
            Terms
          </TextLink>
          <TextLink href="/docs" c="inherit" underline="hover">
            API for developers
          </TextLink>
        </nav>
        <p className={classes.emergency}>
          <IconPhone size={20} aria-hidden />
          <span>
            <strong>This is not for emergencies.</strong> If someone is in danger, call{" "}
            <a href="tel:112">112</a> now.
          </span>
        </p>
      </div>
    </footer>
  );
}
