/** A statement about the database that is always true, with the query that finds violations. */
export type Invariant = {
  /** The number of the invariant in the design, and a letter. */
  id: string;
  title: string;
  /** True if it holds only after every job has run. */
  onlyDrained?: boolean;
  /** Selects the rows that violate the invariant; the first column identifies the row. */
  sql: string;
};
