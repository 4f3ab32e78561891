let over = false;

/** Records that the session of this page has ended, so that the user can leave without a question. */
export const markSessionOver = (): void => {
  over = true;
};

/** Tells whether the session of this page has ended. */
export const isSessionOver = (): boolean => over;
