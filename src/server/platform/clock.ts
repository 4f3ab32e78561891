/** Milliseconds that tests and fault runs add to the process's clock; the database has its own (app_now). */
let offset = 0;

export const clock = {
  /** The instant that rules take as `now`. Holds and expiries ask the database instead. */
  now: (): Date => new Date(Date.now() + offset),
  /** Moves the clock by `ms` from real time. */
  setOffset: (ms: number): void => {
    offset = ms;
  },
};
