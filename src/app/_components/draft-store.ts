const KEY = "amrutam-drafts";

/** After this time a draft is not restored. It can contain clinical data, so it must not stay in a tab for long. */
const LIFETIME_MS = 30 * 60_000;

type Saved = { userId: string; until: number; values: Record<string, unknown> };

function read(): Saved | null {
  try {
    const saved: Saved | null = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return saved && saved.until > Date.now() ? saved : null;
  } catch {
    return null;
  }
}

function write(saved: Saved | null): void {
  try {
    if (saved && Object.keys(saved.values).length > 0) {
      sessionStorage.setItem(KEY, JSON.stringify(saved));
    } else sessionStorage.removeItem(KEY);
  } catch {
    // Session storage is disabled or full: the drafts are lost, as they were without this class.
  }
}

/** Deletes all saved drafts, for example when the user signs out. */
export const deleteDrafts = (): void => write(null);

/** The drafts of one user and the path to return to. There is one instance for each page load. */
export class Drafts {
  private readonly forms = new Map<string, () => unknown>();
  private returnPath: string | null = null;

  constructor(private readonly userId: string | null) {}

  /** Adds a form. @param value returns the draft, or null for none. @returns a function that removes the form. */
  register(name: string, value: () => unknown): () => void {
    this.forms.set(name, value);
    return () => void this.forms.delete(name);
  }

  /** Replaces the page's own path as the path to return to. @returns a function that undoes this. */
  setReturnPath(path: string): () => void {
    this.returnPath = path;
    return () => {
      this.returnPath = null;
    };
  }

  /** Saves the drafts of all forms in this tab. @returns the path to return to. */
  save(): string {
    if (this.userId) {
      const typed = [...this.forms].map(([name, value]) => [name, value()] as const);
      const values = Object.fromEntries(typed.filter(([, value]) => value !== null));
      write({ userId: this.userId, until: Date.now() + LIFETIME_MS, values });
    }
    return this.returnPath ?? location.pathname + location.search;
  }

  /** Removes and returns a form's saved draft; undefined if this user has none. */
  take(name: string): unknown {
    const saved = read();
    if (!saved || saved.userId !== this.userId) return undefined;
    const { [name]: value, ...values } = saved.values;
    write({ ...saved, values });
    return value;
  }

  /** Deletes saved drafts that belong to another user or are too old. */
  deleteOthers(): void {
    if (this.userId && read()?.userId !== this.userId) write(null);
  }
}
