const KEY = "amrutam-drafts";

/** Nobody comes back later than this; the text of a visit does not stay in a tab for long. */
const LIFETIME_MS = 30 * 60_000;

type Kept = { userId: string; until: number; values: Record<string, unknown> };

function read(): Kept | null {
  try {
    const kept: Kept | null = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return kept && kept.until > Date.now() ? kept : null;
  } catch {
    return null;
  }
}

function write(kept: Kept | null): void {
  try {
    if (kept && Object.keys(kept.values).length > 0) {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } else sessionStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing, or a full store: the text is lost, as without all this.
  }
}

/** Forgets what was kept, for instance because somebody signs out. */
export const deleteDrafts = (): void => write(null);

/** What one person has typed and not yet sent, and where to come back to. One for each page load. */
export class Drafts {
  private readonly forms = new Map<string, () => unknown>();
  private wayBack: string | null = null;

  constructor(private readonly userId: string | null) {}

  /** A form whose text is kept when the session ends; null says that nothing was typed. */
  register(name: string, value: () => unknown): () => void {
    this.forms.set(name, value);
    return () => void this.forms.delete(name);
  }

  /** The address to come back to in place of the page's own. */
  comeBackTo(path: string): () => void {
    this.wayBack = path;
    return () => {
      this.wayBack = null;
    };
  }

  /** Keeps the text of all forms in this tab. @returns where to come back to. */
  keep(): string {
    if (this.userId) {
      const typed = [...this.forms].map(([name, value]) => [name, value()] as const);
      const values = Object.fromEntries(typed.filter(([, value]) => value !== null));
      write({ userId: this.userId, until: Date.now() + LIFETIME_MS, values });
    }
    return this.wayBack ?? location.pathname + location.search;
  }

  /** Takes a form's text out of what was kept; undefined where there is none of this person's. */
  take(name: string): unknown {
    const kept = read();
    if (!kept || kept.userId !== this.userId) return undefined;
    const { [name]: value, ...values } = kept.values;
    write({ ...kept, values });
    return value;
  }

  /** Drops what another person left, and what is too old. */
  tidy(): void {
    if (this.userId && read()?.userId !== this.userId) write(null);
  }
}
