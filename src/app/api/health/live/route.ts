/** 200 while the process runs. */
export const GET = () => Response.json({ status: "live" });
