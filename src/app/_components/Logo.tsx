import classes from "./Logo.module.css";

/** The logo and the name. The picture is both a leaf and a drop. */
export function Logo({ inverse = false }: { inverse?: boolean }) {
  return (
    <span className={classes.logo} data-inverse={inverse || undefined}>
      <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
        <path
          className={classes.dark}
          d="M15.1 2.4C12 6 4.6 13.4 4.6 19.7c0 5.2 4 9.2 8.6 10.1.7-2.6 1.2-5.3 1.5-8.1L9.3 17l5.6 2.3c.2-5.5.3-11.3.2-16.9Z"
        />
        <path
          className={classes.light}
          d="M16.9 2.4c.1 5.6 0 11.4-.3 16.9l5.6-2.3-5.8 4.8c-.3 2.9-.8 5.7-1.5 8.3.4 0 .7.1 1.1.1 6.3 0 11.4-4.7 11.4-10.5C27.4 13.4 20 6 16.9 2.4Z"
        />
      </svg>
      Amrutam
    </span>
  );
}
