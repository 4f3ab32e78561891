import type { Session } from "../accounts/session";
import { createContext } from "./context";
import { createCallerFactory } from "./procedures";
import { appRouter } from "./root";

const createCaller = createCallerFactory(appRouter);

/** Creates a caller for server components: it calls procedures without HTTP, with the session of the headers. */
export function createCallerFromHeaders(headers: Headers): {
  caller: ReturnType<typeof createCaller>;
  session: () => Promise<Session | null>;
} {
  const context = createContext(headers);
  return { caller: createCaller(context), session: context.session };
}
