/** How many devices one page of the list has. */
export const PAGE_SIZE = 50;
