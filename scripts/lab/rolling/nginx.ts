import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../launcher/command";

const MISSING = [
  "A rolling restart needs nginx, and this machine has none. This brings one:",
  "  apt-get update && apt-get install -y nginx-light     (Debian; as root)",
].join("\n");

/** How long nginx leaves an app alone that said it is not ready: longer than its grace time. */
export const LEFT_ALONE_SECONDS = 6;

/**
 * Connections to the apps are kept. nginx has no health checks of its own: here who asks for
 * readiness through it makes it notice, since a 503 to that counts as a failure of the app. A request that was sent to an app is sent to another one only if it writes nothing.
 */
const configOf = (folder: string, port: number, apps: number[]) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream amrutam {
${apps.map((app) => `    server 127.0.0.1:${app} max_fails=1 fail_timeout=${LEFT_ALONE_SECONDS}s;`).join("\n")}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    location = /api/health/ready {
      proxy_pass http://amrutam;
      proxy_next_upstream error timeout http_503;
    }
    location / {
      proxy_pass http://amrutam;
      proxy_next_upstream error timeout;
    }
  }
}
`;

/** nginx in front of apps that listen on these ports of this machine. */
export async function startNginx(folder: string, port: number, apps: number[]) {
  const config = path.join(folder, "nginx.conf");
  await writeFile(config, configOf(folder, port, apps));
  // Debian keeps it where only root's PATH looks.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const child: ChildProcess = spawn("nginx", ["-c", config], { stdio: "inherit", env });
  await Promise.race([
    once(child, "spawn"),
    once(child, "error").then(() => Promise.reject(new UserError(MISSING))),
  ]);
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < 30_000; waited += 50) {
    const answers = await fetch(`${url}/api/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) break;
    await sleep(50);
  }
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  };
  return { url, stop };
}
