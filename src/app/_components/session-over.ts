let over = false;

/** From here on nothing may keep this page open: whoever it belonged to is signed out. */
export const markSessionOver = (): void => {
  over = true;
};

/** Whether the session of this page has ended. */
export const isSessionOver = (): boolean => over;
