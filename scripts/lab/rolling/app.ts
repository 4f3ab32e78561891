import { env } from "@/env";
import { startServer } from "@/server/main";
import { installShutdown, onShutdown } from "../../launcher/shutdown";

// One app process of a rolling restart: the server without pages. It shuts down as `npm start` does.
installShutdown();
process.on("disconnect", () => process.exit(1));
const server = await startServer({ pages: false });
onShutdown(() => server.close(env.SHUTDOWN_GRACE_SECONDS));
process.send?.("listening");
