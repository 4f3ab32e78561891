/** The offset in milliseconds that tests add to the process's clock. The database has its own (app_now). */
let offset = 0;

export const clock = {
  /** The current time, for rules. Holds and expiries use the database's clock instead. */
  now: (): Date => new Date(Date.now() + offset),
  /** Sets the difference from real time, in milliseconds. */
  setOffset: (ms: number): void => {
    offset = ms;
  },
};
