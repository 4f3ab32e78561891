import { writeFile } from "node:fs/promises";
import path from "node:path";
import { endProcess, startProgram, untilAnswers } from "../child-process";

/** How long nginx sends nothing to an app that is not ready. Longer than the app's grace time. */
export const FAIL_TIMEOUT_SECONDS = 6;

/**
 * nginx keeps its connections to the apps. It has no health checks of its own: it notices an app that
 * is not ready when a caller asks for readiness through it, because a 503 there counts as a failure.
 * By default nginx repeats a failed request at the other app only if the request writes nothing.
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
${apps.map((app) => `    server 127.0.0.1:${app} max_fails=1 fail_timeout=${FAIL_TIMEOUT_SECONDS}s;`).join("\n")}
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

/** Starts nginx in front of the apps that listen on these local ports. */
export async function startNginx(folder: string, port: number, apps: number[]) {
  const config = path.join(folder, "nginx.conf");
  await writeFile(config, configOf(folder, port, apps));
  // Debian installs nginx in /usr/sbin, which only root has in PATH.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const child = await startProgram(["nginx", "-c", config], "nginx-light", {
    stdio: "inherit",
    env,
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers("nginx", async () => (await fetch(`${url}/api/health/live`)).ok);
  return { url, stop: () => endProcess(child) };
}
