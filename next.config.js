/** @type {import("next").NextConfig} */
const config = {
  // These carry native binaries, workers or WASM; a bundler must leave them where npm put them.
  serverExternalPackages: [
    "@node-rs/argon2",
    "@prisma/adapter-pg",
    "@prisma/client",
    "ioredis",
    "pg",
    "pino",
    "prom-client",
  ],
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` type-checks everything, tests included; once is enough.
  typescript: { ignoreBuildErrors: true },
};

export default config;
