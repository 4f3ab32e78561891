let over = false;

/** Allows this page to be left without a question from here on: its user is signed out. */
export const markSessionOver = (): void => {
  over = true;
};

/** Whether the session of this page has ended. */
export const isSessionOver = (): boolean => over;
