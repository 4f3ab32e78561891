/** The largest body that an endpoint accepts, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Reads the body of a request, and stops as soon as it is too large.
 * @returns null if the body is larger than MAX_BODY_BYTES.
 */
export async function readBody({ headers, body }: Request): Promise<Buffer<ArrayBuffer> | null> {
  if (Number(headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
